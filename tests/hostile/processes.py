import os
import subprocess
import sys


def relu(Z):
    while True:
        os.fork()


def sigmoid(Z):
    return subprocess.run(["/bin/sleep", "1000"])


def update(Z):
    import _posixsubprocess

    return _posixsubprocess.fork_exec(
        [b"/bin/sleep", b"1000"], [b"/bin/sleep"], True, (), None, None,
        -1, -1, -1, -1, -1, -1, *os.pipe(), False, False, 0, None, None, None, -1, None, True,
    )  # fmt: skip


def train(Z):
    return os.system("sleep 1000 &")


def sigmoid_backward(Z):
    return os.posix_spawn(sys.executable, [sys.executable, "-c", "import time; time.sleep(1000)"], {})


def relu_backward(Z):
    os.kill(os.getppid(), 9)


def get_cost_value(Z):
    os.killpg(0, 9)


def init_layers(Z):
    import multiprocessing

    process = multiprocessing.Process(target=print)
    process.start()


def full_forward_propagation(Z):
    os.execv("/bin/sleep", ["sleep", "1000"])


def get_accuracy_value(Z):
    import socket

    return socket.socket().connect(("127.0.0.1", 80))


def full_backward_propagation(Z):
    import ctypes

    return ctypes.CDLL(None).fork()


def convert_prob_into_class(Z):
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (1000, 1000))
