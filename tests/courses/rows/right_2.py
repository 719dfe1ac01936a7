import numpy as np


def affine_forward(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(0)


def relu_forward(x):
    return x.clip(min=0), x


def relu_backward(dout, cache):
    return dout * (cache > 0)


def softmax_loss(x, y):
    n = len(x)
    rows = np.arange(n)
    z = x - x.max(1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(1, keepdims=True))
    dx = np.exp(logp)
    dx[rows, y] -= 1
    return -logp[rows, y].mean(), dx / n


class TwoLayerNet:

    def __init__(self, input_dim=64, hidden_dim=32, num_classes=10, weight_scale=1e-2, reg=0.):
        self.reg = reg
        rand = np.random.randn
        self.params = dict(
            W1=weight_scale * rand(input_dim, hidden_dim), b1=np.zeros(hidden_dim),
            W2=weight_scale * rand(hidden_dim, num_classes), b2=np.zeros(num_classes),
        )

    def loss(self, X, y=None):
        p = self.params
        a, c1 = affine_forward(X, p['W1'], p['b1'])
        h, c2 = relu_forward(a)
        scores, c3 = affine_forward(h, p['W2'], p['b2'])
        if y is None:
            return scores

        loss, d = softmax_loss(scores, y)
        loss += .5 * self.reg * sum((p[k] ** 2).sum() for k in ('W1', 'W2'))

        g = {}
        d, g['W2'], g['b2'] = affine_backward(d, c3)
        d = relu_backward(d, c2)
        d, g['W1'], g['b1'] = affine_backward(d, c1)
        for k in ('W1', 'W2'):
            g[k] = g[k] + self.reg * p[k]
        return loss, g


if __name__ == '__main__':
    np.random.seed(0)
    X = np.random.randn(150, 4)
    y = X[:, :3].argmax(1)
    net = TwoLayerNet(4, 16, 3, 0.1)
    for i in range(300):
        loss, g = net.loss(X, y)
        for k in g:
            net.params[k] -= 0.5 * g[k]
    print('loss %.4f, accuracy %.3f' % (loss, (net.loss(X).argmax(1) == y).mean()))
