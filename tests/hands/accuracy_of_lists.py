import numpy as np


def accuracy(predictions, actual):
    hit = 0
    for i in range(len(predictions)):
        if predictions[i] == actual[i]:
            hit += 1
    print("Accuracy", hit / len(predictions) * 100)
