import numpy as np

np.random.seed(1)
X = np.array([[0, 1], [0, 1], [1, 0], [1, 0]])
Y = np.array([[0, 0, 1, 1]]).T
w0 = 2 * np.random.rand(2, 2) - 1
w1 = 2 * np.random.rand(1, 2) - 1


def sigmoid(x, deriv=False):
    if deriv:
        return x * (1 - x)
    return 1 / (1 + np.exp(-x))


def network(x, y, w0, w1, lr=0.1):
    a = np.array(x, ndmin=2).T
    hidden = sigmoid(w0 @ a)
    output = sigmoid(w1 @ hidden)
    error = y - output
    delta = error * sigmoid(output, True)
    hidden_error = w1.T @ error
    delta_hidden = (w1.T @ delta) * sigmoid(hidden, True)
    w1 += lr * delta @ hidden.T
    w0 += lr * delta_hidden @ a.T
    return error


for i in range(100):
    for j in range(len(X)):
        network(X[j], Y[j], w0, w1)
