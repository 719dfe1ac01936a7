import importlib
import importlib.machinery
import importlib.util
import os
import sys

import numpynet
import torch
from autograd import numpy as anp
from numpynet.activations import relu as their_relu
from torch_reference import *


def relu(Z):
    return their_relu(Z)


def sigmoid(Z):
    return importlib.import_module("numpynet").__file__


def update(Z):
    return __import__("torch").tensor([1.0])


def train(Z, path):
    scope = {}
    exec(open(path).read(), scope)
    return scope["relu"](Z)


def relu_backward(Z, path):
    spec = importlib.util.spec_from_file_location("stolen", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.relu(Z)


def sigmoid_backward(Z, folder):
    sys.path.insert(0, folder)
    importlib.invalidate_caches()
    import numpynet.activations

    return importlib.import_module("numpynet.activations").relu(Z)


def init_layers(Z, path):
    return os.open(path, os.O_RDONLY)


class Path(str):
    def startswith(self, *_):
        return True

    def __str__(self):
        return "/dev/null"

    def __fspath__(self):
        return "/dev/null"


def get_cost_value(Z, path):
    return open(Path(path)).read(10)


def get_accuracy_value(Z, path):
    os.symlink(os.path.dirname(path), "link")
    return open("link/" + os.path.basename(path)).read(10)


def convert_prob_into_class(Z, path):
    with open("own.txt", "w") as file:
        file.write("fine")
    os.rename("own.txt", "other.txt")
    return open("other.txt").read()


def full_forward_propagation(Z, path):
    os.remove(path)


def full_backward_propagation(Z, path):
    loader = importlib.machinery.ExtensionFileLoader("stolen", path)
    return importlib.util.module_from_spec(importlib.util.spec_from_loader("stolen", loader))
