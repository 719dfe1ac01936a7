import numpy as np

class Parameter:
    def __init__(self, value):
        self.value = value
        self.grad = np.zeros_like(value)

class FullyConnectedLayer:
    def __init__(self, n_input, n_output):
        self.W = Parameter(0.1 * np.random.randn(n_input, n_output))
        self.B = Parameter(0.1 * np.random.randn(1, n_output))
        self.X = None
    def forward(self, X):
        self.X = X
        return X.dot(self.W.value) + self.B.value
    def backward(self, d_out):
        self.W.grad += self.X.T.dot(d_out)
        self.B.grad += d_out.sum(axis=0, keepdims=True)
        return d_out.dot(self.W.value.T)
    def params(self):
        return {'W': self.W, 'B': self.B}

class ReLULayer:
    def forward(self, X):
        self.mask = (X > 0)
        return X * self.mask
    def backward(self, d_out):
        return d_out * self.mask
    def params(self):
        return {}

def l2_regularization(W, reg_strength):
    loss = reg_strength * np.sum(W ** 2)
    grad = 2 * reg_strength * W
    return loss, grad

def softmax(predictions):
    p = predictions - predictions.max(axis=1, keepdims=True)
    e = np.exp(p)
    return e / e.sum(axis=1, keepdims=True)

def softmax_with_cross_entropy(preds, target_index):
    probs = softmax(preds)
    n = preds.shape[0]
    loss = -np.log(probs[np.arange(n), target_index]).mean()
    d = probs.copy()
    d[np.arange(n), target_index] -= 1
    return loss, d / n

class TwoLayerNet:
    def __init__(self, n_input, n_output, hidden_layer_size, reg):
        self.reg = reg
        self.layer1 = FullyConnectedLayer(n_input, hidden_layer_size)
        self.relu = ReLULayer()
        self.layer2 = FullyConnectedLayer(hidden_layer_size, n_output)
    def params(self):
        return {'W1': self.layer1.W, 'B1': self.layer1.B, 'W2': self.layer2.W, 'B2': self.layer2.B}
    def predict(self, X):
        return np.argmax(self.layer2.forward(self.relu.forward(self.layer1.forward(X))), axis=1)
    def compute_loss_and_gradients(self, X, y):
        for p in self.params().values():
            p.grad = np.zeros_like(p.value)
        out = self.layer2.forward(self.relu.forward(self.layer1.forward(X)))
        loss, d = softmax_with_cross_entropy(out, y)
        self.layer1.backward(self.relu.backward(self.layer2.backward(d)))
        for name in ('W1', 'W2'):
            p = self.params()[name]
            l, g = l2_regularization(p.value, self.reg)
            loss += l
            p.grad += g
        return loss
