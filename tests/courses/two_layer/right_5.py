# rete a due strati: tanh -> sigmoide
import numpy as np

PASSO = 1.2


def sigmoid(z):
    return np.power(1 + np.exp(-z), -1)


def layer_sizes(X, Y):
    n_x = X.shape[0]   # ingresso
    n_y = Y.shape[0]   # uscita
    n_h = 4            # nascosti
    return (n_x, n_h, n_y)


def initialize_parameters(n_x, n_h, n_y):
    np.random.seed(42)
    parameters = {"W1": np.random.uniform(-.5, .5, (n_h, n_x)), "b1": np.zeros((n_h, 1))}
    parameters.update(W2=np.random.uniform(-.5, .5, (n_y, n_h)), b2=np.zeros((n_y, 1)))
    return parameters


def forward_propagation(X, parameters):
    # strato nascosto
    hidden_in = np.dot(parameters["W1"], X) + parameters["b1"]
    hidden_out = np.tanh(hidden_in)
    # strato di uscita
    out_in = np.dot(parameters["W2"], hidden_out) + parameters["b2"]
    out = sigmoid(out_in)
    return out, {"Z1": hidden_in, "A1": hidden_out, "Z2": out_in, "A2": out}


def compute_cost(A2, Y):
    m = Y.shape[1]
    cost = 0.0
    for k in range(Y.shape[0]):
        cost -= np.dot(Y[k], np.log(A2[k])) + np.dot(1 - Y[k], np.log(1 - A2[k]))
    return cost / m


def backward_propagation(parameters, cache, X, Y):
    m = Y.shape[1]
    # il fattore 1/m entra qui, una volta sola
    dZ2 = (cache["A2"] - Y) / m
    dZ1 = np.dot(parameters["W2"].T, dZ2) * (1 / np.cosh(cache["Z1"]) ** 2)
    uno = np.ones((m, 1))
    grads = {}
    grads["dW1"] = np.dot(dZ1, X.T)
    grads["db1"] = np.dot(dZ1, uno)
    grads["dW2"] = np.dot(dZ2, cache["A1"].T)
    grads["db2"] = np.dot(dZ2, uno)
    return grads


def update_parameters(parameters, grads, learning_rate=PASSO):
    nuovi = parameters.copy()
    for nome, valore in parameters.items():
        nuovi[nome] = valore - learning_rate * grads["d" + nome]
    return nuovi


def nn_model(X, Y, n_h, num_iterations=10000, print_cost=False):
    n_x, _, n_y = layer_sizes(X, Y)
    parameters = initialize_parameters(n_x, n_h, n_y)
    for i in range(num_iterations):
        A2, cache = forward_propagation(X, parameters)
        grads = backward_propagation(parameters, cache, X, Y)
        parameters = update_parameters(parameters, grads)
        if print_cost and i % 500 == 0:
            print(f"passo {i}: costo = {compute_cost(A2, Y):.6f}")
    return parameters


def predict(parameters, X):
    A2, _ = forward_propagation(X, parameters)
    predictions = (A2 > 0.5)
    return predictions
