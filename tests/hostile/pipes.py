import os
import sys
import threading
import time


def relu(Z):
    body = b'{"id":1,"value":{"a":["f8",[1],"AAAAAAAAAAA="]},"arguments":{"l":[{"l":[]},{"d":[]}]},"raised":null,"printed":"","called_back":[],"recorded":[],"stand_ins":[]}'
    for descriptor in range(64):
        try:
            os.write(descriptor, (4 + len(body)).to_bytes(4, "big") + len(body).to_bytes(4, "big") + body)
        except OSError:
            pass
    return Z


def sigmoid(Z):
    os.closerange(0, 256)
    return Z


def update(Z):
    os.closerange(0, 256)
    while True:
        pass


def train(Z):
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, b"\xff\xff\xff\xff" * 1000)
        except OSError:
            pass
    return Z


def relu_backward(Z):
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, (2**20).to_bytes(4, "big") + b"[" * 2**20)
        except OSError:
            pass
    return Z


def sigmoid_backward(Z):
    frame = sys._getframe()
    while frame.f_back is not None:
        if "request" in frame.f_locals and "id" in frame.f_locals["request"]:
            number = frame.f_locals["request"]["id"]
            break
        frame = frame.f_back
    body = b'{"id":%d,"value":1,"arguments":{"l":[{"l":[]},{"d":[]}]},"raised":null,"printed":"","called_back":[],"recorded":[],"stand_ins":[]}' % number
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, (4 + len(body)).to_bytes(4, "big") + len(body).to_bytes(4, "big") + body)
        except OSError:
            pass
    return Z


def init_layers(Z):
    body = b'{"id":1,"ask":"relu","args":{"l":[]},"kwargs":{"d":[]}}'
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, (4 + len(body)).to_bytes(4, "big") + len(body).to_bytes(4, "big") + body)
        except OSError:
            pass
    return Z


def get_cost_value(Z):
    def later():
        time.sleep(0.2)
        for descriptor in range(3, 64):
            try:
                os.write(descriptor, b"\0\0\0\1x")
            except OSError:
                pass

    threading.Thread(target=later).start()
    return Z


def honest(Z):
    return Z + 1
