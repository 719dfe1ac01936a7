import numpy as np

TAPE = []

class Node:
    def __init__(self, value):
        self.value = np.asarray(value, float)
        self.grad = np.zeros_like(self.value)

def relu(a):
    def pullback(g):
        a.grad += g * (a.value > 0)
    node = Node(np.maximum(a.value, 0))
    TAPE.append((node, pullback))
    return node

def backward(loss):
    loss.grad = np.ones_like(loss.value)
    for node, pullback in reversed(TAPE):
        pullback(node.grad)
    TAPE.clear()
