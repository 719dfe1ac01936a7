import numpy as np

sigmoid = lambda x: 1. / (1. + np.exp(-x))


def layer_sizes(X, Y, n_h=4):
    return X.shape[0], n_h, Y.shape[0]


def initialize_parameters(n_x, n_h, n_y, scale=0.5):
    return {
        'W1': scale * np.random.randn(n_h, n_x), 'b1': np.zeros((n_h, 1)),
        'W2': scale * np.random.randn(n_y, n_h), 'b2': np.zeros((n_y, 1)),
    }


def forward_propagation(X, parameters):
    p = parameters
    cache = {}
    cache['Z1'] = p['W1'] @ X + p['b1']
    cache['A1'] = np.tanh(cache['Z1'])
    cache['Z2'] = p['W2'] @ cache['A1'] + p['b2']
    cache['A2'] = sigmoid(cache['Z2'])
    return cache['A2'], cache


def compute_cost(A2, Y, parameters):
    # parameters: left here for a weight decay term some day
    return -(Y * np.log(A2) + (1 - Y) * np.log(1 - A2)).sum() / Y.shape[1]


def backward_propagation(parameters, cache, X, Y):
    m = Y.shape[1]
    grads = {}

    # output
    dZ2 = cache['A2'] - Y
    grads['dW2'] = dZ2 @ cache['A1'].T / m
    grads['db2'] = dZ2.sum(1, keepdims=True) / m

    # hidden
    dZ1 = parameters['W2'].T @ dZ2 * (1 - cache['A1'] ** 2)
    grads['dW1'] = dZ1 @ X.T / m
    grads['db1'] = dZ1.sum(1, keepdims=True) / m
    return grads


def update_parameters(parameters, grads, learning_rate=1.2):
    for k in ('W1', 'b1', 'W2', 'b2'):
        parameters[k] -= learning_rate * grads['d' + k]
    return parameters


def nn_model(X, Y, n_h, num_iterations=5000, learning_rate=1.2):
    n_x, n_h, n_y = layer_sizes(X, Y, n_h)
    parameters = initialize_parameters(n_x, n_h, n_y)
    for _ in range(num_iterations):
        _, cache = forward_propagation(X, parameters)
        grads = backward_propagation(parameters, cache, X, Y)
        update_parameters(parameters, grads, learning_rate)
    return parameters


def predict(parameters, X):
    return np.round(forward_propagation(X, parameters)[0])


if __name__ == '__main__':
    # two rings
    np.random.seed(1)
    t = np.random.rand(1, 300) * 2 * np.pi
    Y = (np.arange(300) % 2).reshape(1, 300)
    X = np.vstack((np.cos(t), np.sin(t))) * (1 + Y) + 0.1 * np.random.randn(2, 300)
    params = nn_model(X, Y, 5, 2000)
    print('accuracy: {:.1f} %'.format(100 * np.mean(predict(params, X) == Y)))
