import numpy as np


def init_layers(nn_architecture, mode):
    scale = 0.1 if mode.lower() == "normal" else 0.0
    params = {}
    for number, layer in enumerate(nn_architecture, start=1):
        params[f"W{number}"] = np.random.randn(layer["output_dim"], layer["input_dim"]) * scale
        params[f"b{number}"] = np.random.randn(layer["output_dim"], 1) * scale
    return params


def update(params_values, grads_values, nn_architecture, learning_rate):
    for number, _ in enumerate(nn_architecture, start=1):
        params_values[f"W{number}"] -= learning_rate * grads_values[f"dW{number}"]
        params_values[f"b{number}"] -= learning_rate * grads_values[f"db{number}"]
    return params_values
