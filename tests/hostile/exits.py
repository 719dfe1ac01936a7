import atexit
import os
import signal
import sys
import threading

import numpy as np


def relu(Z):
    os._exit(0)


def sigmoid(Z):
    stolen = np.lib.stride_tricks.as_strided(np.zeros(1), (10**9,), (4096,))
    return stolen.sum()


def update(Z):
    sys.exit(3)


def train(Z):
    os.abort()


class Rude(BaseException):
    pass


def sigmoid_backward(Z):
    raise Rude("no Exception")


def relu_backward(Z):
    raise KeyboardInterrupt


def get_cost_value(Z):
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    while True:
        pass


class Clingy:
    def __del__(self):
        print("still here")
        os._exit(5)


clingy = []


def init_layers(Z):
    def hang():
        while True:
            pass

    atexit.register(hang)
    clingy.append(Clingy())
    return Z


def get_accuracy_value(Z):
    def hang():
        while True:
            pass

    threading.Thread(target=hang, daemon=False).start()
    return Z
