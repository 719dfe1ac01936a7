import numpy as np

def initialize_parameters(n_x, n_y):
    return {"W": np.random.randn(n_y, n_x) * 0.01, "b": np.zeros((n_y, 1))}

def forward_propagation(X, parameters):
    return np.matmul(parameters["W"], X) + parameters["b"]

def compute_cost(Y_hat, Y):
    m = Y_hat.shape[1]
    return np.sum((Y_hat - Y)**2)/(2*m)

def backward_propagation(Y_hat, X, Y):
    m = X.shape[1]
    dZ = Y_hat - Y
    return {"dW": np.dot(dZ, X.T)/m, "db": np.sum(dZ, axis=1, keepdims=True)/m}

def update_parameters(parameters, grads, learning_rate=1.2):
    return {"W": parameters["W"] - learning_rate*grads["dW"], "b": parameters["b"] - learning_rate*grads["db"]}
