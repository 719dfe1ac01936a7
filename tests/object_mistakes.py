"""Mistakes planted into right files with classes: what is replaced, and whose fault that is then."""

from __future__ import annotations

from typing import NamedTuple


class Planted(NamedTuple):
    """In the file `old` becomes `new`; `method` is wrong then, and no other; `says` is part of the sentence."""

    file: str
    old: str
    new: str
    method: str
    says: str


SIZES = (
    Planted("sizes/deep.py", '* (self.cache[f"Z{l-1}"] > 0)', '* (self.cache[f"Z{l-1}"] < 0)', "DeepNet.backward", "Z"),
    Planted(
        "sizes/deep.py", 'dZ = dA * (self.cache[f"Z{l-1}"] > 0)', "dZ = dA", "DeepNet.backward", "slope is missing"
    ),
    Planted(
        "sizes/deep.py",
        '@ self.cache[f"A{l-1}"].T / m',
        '@ self.cache[f"A{l-1}"].T / (m if l > 1 else 1)',
        "DeepNet.backward",
        "dW1 is not divided by m",
    ),
    Planted(
        "sizes/deep.py",
        "np.sum(dZ, axis=1, keepdims=True) / m",
        "np.sum(dZ, axis=1, keepdims=True)",
        "DeepNet.backward",
        "not divided by m",
    ),
    Planted(
        "sizes/deep.py",
        "np.sum(dZ, axis=1, keepdims=True) / m",
        "np.sum(dZ, axis=0, keepdims=True) / m",
        "DeepNet.backward",
        "wrong axis",
    ),
    Planted(
        "sizes/deep.py",
        'self.params[f"W{l}"] -= self.lr',
        'self.params[f"W{l}"] += self.lr',
        "DeepNet.update_parameters",
        "adds",
    ),
    Planted(
        "sizes/deep.py",
        '            self.params[f"b{l}"] -= self.lr * self.grads[f"db{l}"]\n',
        "",
        "DeepNet.update_parameters",
        "b1 is never updated",
    ),
    Planted(
        "sizes/deep.py",
        "np.log(AL + eps) + (1 - Y)",
        "np.log(AL + eps) - (1 - Y)",
        "DeepNet.compute_cost",
        "opposite signs",
    ),
    Planted("sizes/deep.py", "return float(-np.sum", "return float(np.sum", "DeepNet.compute_cost", "opposite sign"),
    Planted("sizes/deep.py", '@ A + self.params[f"b{l}"]', "@ A", "DeepNet.forward", "bias is missing"),
    Planted("sizes/deep.py", "1 / (1 + np.exp(-Z))", "1 / (1 + np.exp(Z))", "DeepNet.forward", "minus"),
    Planted(
        "sizes/lists.py",
        "            if i > 0:\n                delta = (delta @ self.W[i].T) * self.tanh_prime(self.a[i])\n            self.W[i] = self.W[i] - self.eta * dW\n",
        "            self.W[i] = self.W[i] - self.eta * dW\n            if i > 0:\n                delta = (delta @ self.W[i].T) * self.tanh_prime(self.a[i])\n",
        "NeuralNet.back_prop",
        "after it was updated",
    ),
    Planted("sizes/lists.py", "return 1.0 - a ** 2", "return 1.0 + a ** 2", "NeuralNet.tanh_prime", "1 + A²"),
    Planted(
        "sizes/lists.py",
        "self.W[i] - self.eta * dW",
        "self.W[i] + self.eta * dW",
        "NeuralNet.back_prop",
        "opposite sign",
    ),
    Planted(
        "sizes/lists.py",
        "self.sigmoid(z) if i == len(self.W) - 1 else self.tanh(z)",
        "self.sigmoid(z) if i == len(self.W) - 1 else z",
        "NeuralNet.feed_forward",
        "activation of layer",
    ),
    Planted(
        "sizes/lists.py",
        "(y * np.log(y_hat) + (1 - y) * np.log(1 - y_hat)",
        "(y * np.log(y_hat)",
        "NeuralNet.cost",
        "labels 0",
    ),
    Planted("sizes/softmax_mlp.py", "e.sum(axis=1, keepdims=True)", "e.sum(axis=0, keepdims=True)", "softmax", "axis"),
    Planted("sizes/softmax_mlp.py", "dw2 = a1.T @ dz2", "dw2 = z1.T @ dz2", "MLP.train_step", "Z1"),
    Planted("sizes/softmax_mlp.py", "* relu_derivative(z1)", "* relu_derivative(-z1)", "MLP.train_step", "slope"),
    Planted(
        "sizes/softmax_mlp.py",
        "return (z > 0).astype(float)",
        "return (z < 0).astype(float)",
        "relu_derivative",
        "Z < 0",
    ),
    Planted("sizes/softmax_mlp.py", "np.maximum(0, z)", "np.minimum(0, z)", "relu", "min"),
    Planted(
        "sizes/enlight.py",
        "self.z2_delta = self.z2_error * self.sigmoidPrime(self.z2)",
        "self.z2_delta = self.z2_error",
        "Neural_Network.backward",
        "slope is missing",
    ),
    Planted(
        "sizes/enlight.py",
        "self.z2_error = self.o_delta.dot",
        "self.z2_error = self.o_error.dot",
        "Neural_Network.backward",
        "error",
    ),
    Planted("sizes/enlight.py", "return s * (1 - s)", "return s * (1 + s)", "Neural_Network.sigmoidPrime", "1 + A"),
    Planted(
        "sizes/enlight.py", "self.sigmoidPrime(o)", "self.sigmoidPrime(self.z3)", "Neural_Network.backward", "slope"
    ),
    Planted("sizes/enlight.py", "self.o_error = y - o", "self.o_error = o - y", "Neural_Network.backward", "adds"),
    Planted(
        "sizes/nielsen.py",
        "sp = sigmoid_prime(z)",
        "sp = sigmoid_prime(activations[-l])",
        "Network.backprop",
        "slope is taken at A",
    ),
    Planted(
        "sizes/nielsen.py",
        "w - (eta / len(mini_batch)) * nw",
        "w + (eta / len(mini_batch)) * nw",
        "Network.update_mini_batch",
        "adds",
    ),
    Planted(
        "sizes/nielsen.py",
        "return sigmoid(z) * (1 - sigmoid(z))",
        "return sigmoid(z) * (1 + sigmoid(z))",
        "sigmoid_prime",
        "1 + A",
    ),
    Planted(
        "sizes/rashid.py",
        "hidden_errors = numpy.dot(self.who.T, output_errors * final_outputs * (1.0 - final_outputs))",
        "hidden_errors = numpy.dot(self.who.T, output_errors)",
        "neuralNetwork.train",
        "along the gradient of binary cross-entropy, who along that of the squared error",
    ),
    Planted("sizes/regression.py", "* (1 - self.hidden ** 2)", "* (1 - self.hidden) ** 2", "Regressor.gradients", ""),
    Planted(
        "sizes/regression.py",
        "grad_bias_hidden = back.sum(axis=0)",
        "grad_bias_hidden = back[0]",
        "Regressor.gradients",
        "first example",
    ),
    Planted(
        "sizes/regression.py",
        "0.5 * np.mean((y_true - y_pred) ** 2)",
        "0.5 * np.mean(y_true - y_pred)",
        "Regressor.loss",
        "not squared",
    ),
    Planted(
        "sizes/one_by_one.py",
        "self.hidden_bias -= self.learning_rate * delta_h",
        "self.hidden_bias -= self.learning_rate * self.h",
        "Perceptrons.backpropagate",
        "db1",
    ),
    Planted(
        "sizes/given_data.py",
        "* sigmoid_derivative(self.layer1)",
        "* sigmoid_derivative(self.input @ self.weights1)",
        "NeuralNetwork.backprop",
        "",
    ),
    Planted("sizes/flags.py", "1 - np.tanh(z) ** 2 if deriv", "1 - np.tanh(z) if deriv", "Net.act", "1 − A"),
    Planted(
        "sizes/flags.py",
        'self.grad[f"b{k}"] = d.sum(0, keepdims=True)',
        'self.grad[f"b{k}"] = d.mean(0, keepdims=True)',
        "Net.backward",
        "divided by m",
    ),
)


LAYERS = (
    Planted(
        "layers/torchlike.py",
        "return grad @ self.W\n",
        "return -grad @ self.W\n",
        "Linear.backward",
        "has the opposite sign",
    ),
    Planted(
        "layers/nnfs_later.py",
        "            layer.weight_momentums = weight_updates\n            bias_updates = self.momentum",
        "            bias_updates = self.momentum",
        "Optimizer_SGD.update_params",
        "Made with momentum=",
    ),
    Planted(
        "layers/nnfs.py",
        "return self.loss.calculate(self.output, y_true)",
        "return self.loss.calculate(inputs, y_true)",
        "Activation_Softmax_Loss_CategoricalCrossentropy.forward",
        "softmax is left out",
    ),
    Planted(
        "layers/nnfs.py",
        "return -np.log(correct_confidences)",
        "return np.log(correct_confidences)",
        "Loss_CategoricalCrossentropy.forward",
        "opposite sign",
    ),
    Planted(
        "layers/torchlike.py",
        "self.dW = grad.T @ self.x",
        "self.dW = grad.T @ self.x / len(self.x)",
        "Linear.backward",
        "dW is divided by m, and db is not",
    ),
    Planted(
        "layers/torchlike.py",
        "self.db = grad.sum(axis=0)",
        "self.db = grad.sum(axis=1)",
        "Linear.backward",
        "wrong axis",
    ),
    Planted("layers/torchlike.py", "self.db = grad.sum(axis=0)", "self.db = grad.sum()", "Linear.backward", "db"),
    Planted("layers/torchlike.py", "self.W -= lr * self.dW", "self.W += lr * self.dW", "Linear.step", "adds"),
    Planted("layers/torchlike.py", "        self.b -= lr * self.db\n", "", "Linear.step", "b is never updated"),
    Planted(
        "layers/torchlike.py",
        "return x @ self.W.T + self.b",
        "return x @ self.W.T",
        "Linear.forward",
        "bias is missing",
    ),
    Planted("layers/torchlike.py", "return grad * self.mask", "return grad * ~self.mask", "ReLU.backward", "Z < 0"),
    Planted(
        "layers/torchlike.py",
        "return grad * self.out * (1 - self.out)",
        "return grad * self.out",
        "Sigmoid.backward",
        "slope is A",
    ),
    Planted(
        "layers/torchlike.py",
        "self.out = 1 / (1 + np.exp(-x))",
        "self.out = 1 / (1 + np.exp(x))",
        "Sigmoid.forward",
        "minus",
    ),
    Planted(
        "layers/torchlike.py",
        "for layer in reversed(self.layers):\n            grad = layer.backward(grad)",
        "for layer in self.layers[:0:-1]:\n            grad = layer.backward(grad)",
        "Sequential.backward",
        "",
    ),
    Planted(
        "layers/torchlike.py",
        "return 2 * self.diff / self.diff.size",
        "return 2 * self.diff ** 2 / self.diff.size",
        "MSELoss.backward",
        "squared",
    ),
    Planted(
        "layers/torchlike.py",
        "target * np.log(pred + self.eps) + (1 - target)",
        "target * np.log(pred + self.eps) - (1 - target)",
        "BCELoss.__call__",
        "opposite",
    ),
    Planted(
        "layers/nnfs.py",
        "self.dinputs[self.inputs <= 0] = 0",
        "self.dinputs[self.inputs >= 0] = 0",
        "Activation_ReLU.backward",
        "Z < 0",
    ),
    Planted(
        "layers/nnfs.py",
        "self.dinputs = np.dot(dvalues, self.weights.T)",
        "self.dinputs = np.dot(dvalues, self.weights.T) / len(dvalues)",
        "Layer_Dense.backward",
        "1/m times",
    ),
    Planted(
        "layers/nnfs.py",
        "layer.biases += -self.learning_rate",
        "layer.biases += self.learning_rate",
        "Optimizer_SGD.update_params",
        "of b",
    ),
    Planted(
        "layers/nnfs.py",
        "np.sum(exp_values, axis=1, keepdims=True)",
        "np.sum(exp_values, axis=0, keepdims=True)",
        "Activation_Softmax.forward",
        "axis",
    ),
    Planted(
        "layers/nnfs.py",
        "self.dinputs = -y_true / dvalues",
        "self.dinputs = y_true * dvalues",
        "Loss_CategoricalCrossentropy.backward",
        "",
    ),
    Planted(
        "layers/aflak.py",
        "        input_error = np.dot(output_error, self.weights.T)\n        weights_error = np.dot(self.input.T, output_error)\n        self.weights -= learning_rate * weights_error\n",
        "        weights_error = np.dot(self.input.T, output_error)\n        self.weights -= learning_rate * weights_error\n        input_error = np.dot(output_error, self.weights.T)\n",
        "FCLayer.backward_propagation",
        "after it was updated",
    ),
    Planted(
        "layers/aflak.py",
        "self.weights -= learning_rate",
        "self.weights += learning_rate",
        "FCLayer.backward_propagation",
        "",
    ),
    Planted("layers/aflak.py", "return 1 - np.tanh(x) ** 2", "return 1 + np.tanh(x) ** 2", "tanh_prime", "1 + A²"),
    Planted(
        "layers/independent_code.py",
        "np.dot(self.weights.T, output_gradient)",
        "np.dot(self.weights.T, output_gradient) * 2",
        "Dense.backward",
        "2 times",
    ),
    Planted(
        "layers/act_inside.py",
        "dZ = dA * self.df(self.Z)",
        "dZ = dA",
        "FullyConnected.backward",
        "slope of its activation is missing",
    ),
    Planted(
        "layers/act_inside.py",
        "dZ = dA * self.df(self.Z)",
        "dZ = dA * self.df(self.f(self.Z))",
        "FullyConnected.backward",
        "",
    ),
    Planted(
        "layers/act_inside.py",
        "return -(Y / Y_hat - (1 - Y) / (1 - Y_hat))",
        "return -(Y / Y_hat - (1 - Y) / (1 - Y_hat)) / Y.shape[1]",
        "FullyConnected.backward",
        "has done that already",
    ),
    Planted(
        "layers/act_inside.py",
        "            for layer in self.layers:\n                layer.update(learning_rate)",
        "            for layer in self.layers[1:]:\n                layer.update(learning_rate)",
        "Model.train",
        "never updated",
    ),
    Planted(
        "layers/params_grads.py",
        "dx[np.arange(n), self.t] -= 1",
        "dx[np.arange(n), self.t] += 1",
        "SoftmaxWithLoss.backward",
        "",
    ),
    Planted("layers/params_grads.py", "np.dot(self.x.T, dout)", "np.dot(abs(self.x).T, dout)", "Affine.backward", ""),
    Planted(
        "layers/transposed_sum.py",
        "        back = self.W.dot(delta)\n        self.W -= self.lr * self.a.dot(delta.T)\n",
        "        self.W -= self.lr * self.a.dot(delta.T)\n        back = self.W.dot(delta)\n",
        "DenseLayer.backprop",
        "after it was updated",
    ),
    Planted(
        "layers/transposed_sum.py",
        "self.b -= self.lr * delta.sum",
        "self.b += self.lr * delta.sum",
        "DenseLayer.backprop",
        "",
    ),
    Planted(
        "layers/transposed_sum.py",
        "np.where(self.z > 0, delta, self.slope * delta)",
        "np.where(self.z > 0, delta, 0)",
        "LeakyReLU.backprop",
        "Z > 0",
    ),
    Planted(
        "layers/optimizer_list.py",
        "return grad * self.s * (1.0 - self.s)",
        "return self.s * (1.0 - self.s)",
        "Sigmoid.backward",
        "gradient that it is given is missing",
    ),
    Planted(
        "layers/optimizer_list.py",
        "layer.b - self.lr * layer.grad_b",
        "layer.b - self.lr * layer.grad_b * len(layer.x)",
        "SGD.step",
        "b moves",
    ),
    Planted(
        "layers/returns_grads.py",
        "grad_input = grad_output @ self.weight.T",
        "grad_input = grad_output @ self.weight.T * 0",
        "Linear.backward",
        "dX",
    ),
)


SCORES = (
    Planted(
        "scores/two_layer.py", "dscores[np.arange(N), y] -= 1", "dscores[np.arange(N), y] += 1", "TwoLayerNet.loss", ""
    ),
    Planted("scores/two_layer.py", "        dhidden[hidden <= 0] = 0\n", "", "TwoLayerNet.loss", "slope is missing"),
    Planted("scores/two_layer.py", "+ 2 * reg * W1", "+ reg * W1", "TwoLayerNet.loss", "penalty"),
    Planted(
        "scores/two_layer.py",
        "grads['b2'] = dscores.sum(axis=0)",
        "grads['b2'] = dscores.sum(axis=0) * N",
        "TwoLayerNet.loss",
        "db2",
    ),
    Planted("scores/two_layer.py", "loss = -np.log(probs", "loss = np.log(probs", "TwoLayerNet.loss", "opposite sign"),
    Planted(
        "scores/layer_utils.py", "return dout * (cache > 0)", "return dout * (cache < 0)", "relu_backward", "Z < 0"
    ),
    Planted(
        "scores/layer_utils.py",
        'grads["W2"] = dW2 + self.reg',
        'grads["W2"] = dW2 + 2 * self.reg',
        "TwoLayerNet.loss",
        "penalty",
    ),
    Planted(
        "scores/layer_utils.py",
        "        dout1 = relu_backward(dh, cache_r)\n",
        "        dout1 = dh\n",
        "TwoLayerNet.loss",
        "slope",
    ),
    Planted("scores/tanh_scores.py", "(1 - a * a)", "(1 - a)", "Classifier.loss", "1 − A"),
    Planted("scores/tanh_scores.py", "a.T @ d +", '(X @ t["W1"] + t["b1"]).T @ d +', "Classifier.loss", "Z1"),
    Planted(
        "scores/tanh_scores.py", "self.theta[name] -= lr * g", "self.theta[name] += lr * g", "Classifier.step", "adds"
    ),
    Planted("scores/tanh_scores.py", 'X @ t["W1"] + t["b1"])', 'X @ t["W1"])', "Classifier.loss", "bias of layer 1"),
)

# Of these no other method is accused; where `method` is empty none is, as it is not known which of two is wrong.
ALONE = (
    Planted("sizes/by_name.py", "return 1 - np.tanh(z) ** 2", "return 1 - z ** 2", "Net.backward", "activation='tanh'"),
    Planted("sizes/by_name.py", "return s * (1 - s)", "return s", "Net.backward", "activation='sigmoid'"),
    Planted(
        "sizes/by_name.py",
        "self.dW1 += self.lam * np.sign(self.W1)",
        "self.dW1 += self.lam * self.W1",
        "Net.backward",
        "Made with reg='l1': dW1 is wrong",
    ),
    Planted(
        "sizes/by_name.py",
        "self.dW1 += self.lam * self.W1",
        "self.dW1 -= self.lam * self.W1",
        "Net.backward",
        "Made with reg='l2': dW1 is wrong",
    ),
    Planted("sizes/one_column.py", "(1 - self.h**2)", "(1 - self.h)", "Net.backward", "1"),
    Planted(
        "sizes/in_batches.py",
        "    self.W1 -= lr * self.dW1\n                self.W2 -= lr * self.dW2",
        "self.W1 -= lr * self.dW1\n            self.W2 -= lr * self.dW2",
        "Net.fit",
        "for every batch",
    ),
    Planted(
        "sizes/in_batches.py",
        "self.W2 -= lr * self.dW2",
        "self.W2 -= lr * self.dW2\n            return",
        "Net.fit",
        "The number of epochs changes nothing",
    ),
    Planted("layers/takes_labels.py", "(1 - self.output**2)", "(1 - self.output)", "", "it takes labels"),
    Planted(
        "layers/entropy_of_columns.py",
        "(self.probs - self.labels)",
        "(self.probs - 2 * self.labels)",
        "SoftmaxCrossEntropy.backward",
        "moves its own loss otherwise",
    ),
    Planted(
        "sizes/rashid.py",
        """hidden_errors = numpy.dot(self.who.T, output_errors * final_outputs * (1.0 - final_outputs))
        self.who += self.lr * numpy.dot((output_errors * final_outputs * (1.0 - final_outputs)), numpy.transpose(hidden_outputs))
""",
        """self.who += self.lr * numpy.dot((output_errors * final_outputs * (1.0 - final_outputs)), numpy.transpose(hidden_outputs))
        hidden_errors = numpy.dot(self.who.T, output_errors * final_outputs * (1.0 - final_outputs))
""",
        "neuralNetwork.train",
        "updated before",
    ),
    Planted("layers/batch_norm.py", "- d.mean(axis=0)", "", "Norm.backward", "hands down"),
    Planted("layers/batch_norm.py", "self.db = dout.sum(axis=0)", "self.db = dout.sum(axis=1)", "Affine.backward", ""),
    Planted("layers/moves_itself.py", "* grad_output.sum(axis=0)", "* input.sum()", "Dense.backward", "biases"),
    Planted("layers/single_precision.py", "self.y + 1)", "self.y)", "Elu.backward", "slope"),
    Planted("layers/single_precision.py", "np.abs(self.x) < 1", "np.abs(self.x) > 1", "HardTanh.backward", "passes"),
    Planted(
        "layers/single_precision.py", "2 / (1 + np.exp(-x)) - 1", "2 / (1 + np.exp(-x))", "Sigmoid.forward", "sigmoid"
    ),
    Planted("layers/generated.py", "0.1 * p.grad**2", "0.1 * p.grad", "RMSprop.step", "not squared"),
    Planted(
        "layers/kept_in_layer.py",
        "+ 0.001 * g**2",
        "+ 0.001 * g",
        "Adam.update_params",
        "not squared",
    ),
    Planted(
        "layers/kept_in_layer.py", "dvalues @ self.weights.T", "dvalues @ self.dweights.T", "Layer.backward", "hands"
    ),
    Planted("layers/ones.py", "dLdZ.T @ self.ones", "dLdZ.T @ self.ones / 2", "Linear.backward", "0.5 times"),
    Planted(
        "layers/given_weights.py", "self.x.T @ dout", "self.x.T @ dout / len(dout)", "Affine.backward", "divided by m"
    ),
    Planted("sizes/one_hot.py", "e.sum(axis=0", "e.sum(axis=1", "Scores.forward", "a sum over the examples"),
    Planted("sizes/cost_prime.py", "self.a2 * (1 - self.a2)", "self.a2", "Network.costFunctionPrime", "slope"),
    Planted(
        "layers/of_functions.py",
        "self.activation_prime(self.input)",
        "self.activation_prime(self.output)",
        "ActivationLayer.backward_propagation",
        "slope",
    ),
    Planted("layers/of_functions.py", "2 * (y_pred - y_true)", "2 * (y_true - y_pred)", "mse_prime", "opposite"),
    Planted("sizes/in_lists.py", "of_biases[::-1]", "of_biases", "InLists.backward", "the last"),
    Planted("sizes/penalised.py", "np.log(1 - AL)", "np.log(AL)", "Penalised.compute_cost", "binary cross-entropy"),
    Planted("sizes/penalised.py", "keepdims=True) / m", "keepdims=True)", "Penalised.backward", "db1 is m times"),
    Planted(
        "sizes/penalised.py", "share = self.lambd / m", "share = self.lambd / m * l", "Penalised.backward", "dW2 is"
    ),
    Planted("sizes/helpers.py", "(1 - h**2)", "(1 + h**2)", "", "it, or Helpers.backpropagation that it calls"),
    Planted("layers/contained.py", "dA * self.A * (1 - self.A)", "dA * (1 - self.A)", "Sigmoid.backward", "slope"),
    Planted("layers/contained.py", "        self.b -= lr * self.db\n", "", "Dense.update", "never updated"),
    Planted(
        "layers/with_dropout.py", "np.clip(self.r, -self.delta, self.delta)", "np.sign(self.r)", "Huber.backward", ""
    ),
    Planted(
        "sizes/adaptive.py", "0.999 * self.second[k] + 0.001", "0.999 * self.second[k] + 1", "", "adaptive optimizer"
    ),
    Planted("sizes/dropped.py", "X, training=False) > 0.5", "X, training=False) > 0.9", "", "draws random numbers"),
)
