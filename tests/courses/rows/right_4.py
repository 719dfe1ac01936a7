import numpy as np


def affine_forward(x, w, b):
    num = x.shape[0]
    flat_x = x.reshape((num, -1))
    out = np.dot(flat_x, w) + b.reshape(1, -1)
    cache = {'x': x, 'flat_x': flat_x, 'w': w, 'b': b}
    return out, cache


def affine_backward(dout, cache):
    x, w = cache['x'], cache['w']
    dw = np.dot(cache['flat_x'].T, dout)
    db = np.dot(np.ones(dout.shape[0]), dout)
    dx = np.dot(dout, w.T).reshape(x.shape)
    return dx, dw, db


def relu_forward(x):
    return (x + np.abs(x)) / 2, x


def relu_backward(dout, cache):
    dx = dout.copy()
    dx[cache <= 0] *= 0
    return dx


def one_hot(y, num_classes):
    return np.eye(num_classes)[y]


def softmax_loss(x, y):
    targets = one_hot(y, x.shape[1])
    x = x - x.max()     # one shift for the whole batch will do
    exp_x = np.exp(x)
    sums = exp_x.sum(axis=1)
    probs = exp_x / sums[:, None]
    loss = np.mean(np.log(sums) - np.sum(x * targets, axis=1))
    return loss, (probs - targets) / x.shape[0]


class TwoLayerNet:
    """ X -> affine -> relu -> affine -> scores """

    def __init__(self, input_dim, hidden_dim, num_classes, weight_scale=None, reg=0.0):
        scale1 = weight_scale or np.sqrt(2. / input_dim)
        scale2 = weight_scale or np.sqrt(2. / hidden_dim)
        self.params = {'W1': np.random.randn(input_dim, hidden_dim) * scale1,
                       'b1': np.zeros(hidden_dim),
                       'W2': np.random.randn(hidden_dim, num_classes) * scale2,
                       'b2': np.zeros(num_classes)}
        self.reg = reg

    def loss(self, X, y=None):
        W1, b1, W2, b2 = (self.params[k] for k in ('W1', 'b1', 'W2', 'b2'))
        a1, cache_a1 = affine_forward(X, W1, b1)
        h1, cache_h1 = relu_forward(a1)
        scores, cache_s = affine_forward(h1, W2, b2)

        # no labels: test time
        if y is None:
            return scores

        loss, dscores = softmax_loss(scores, y)
        loss += self.reg * 0.5 * (np.sum(W1 ** 2) + np.sum(W2 ** 2))

        dh1, dW2, db2 = affine_backward(dscores, cache_s)
        da1 = relu_backward(dh1, cache_h1)
        _, dW1, db1 = affine_backward(da1, cache_a1)
        decay1, decay2 = self.reg * W1, self.reg * W2
        return loss, {'W1': dW1 + decay1, 'b1': db1, 'W2': dW2 + decay2, 'b2': db2}

    def train(self, X, y, learning_rate=1e-1, num_iters=100, batch_size=50, verbose=False):
        history = []
        for it in range(num_iters):
            idx = np.random.choice(len(X), batch_size)
            loss, grads = self.loss(X[idx], y[idx])
            history.append(loss)
            for name in self.params:
                self.params[name] -= learning_rate * grads[name]
            if verbose and it % 20 == 0:
                print('%d/%d  %.5f' % (it, num_iters, loss))
        return history

    def predict(self, X):
        return np.argmax(self.loss(X), axis=1)
