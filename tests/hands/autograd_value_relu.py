class Value:
    def __init__(self, data, _children=()):
        self.data, self.grad, self._prev = data, 0, set(_children)
        self._backward = lambda: None

    def relu(self):
        out = Value(0 if self.data < 0 else self.data, (self,))
        def _backward():
            self.grad += (out.data > 0) * out.grad
        out._backward = _backward
        return out
