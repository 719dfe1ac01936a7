"""Mistakes people make in the tutorial's functions: each is one change of `implementations/tutorial.py`.

Kinds: gross (wrong meaning), subtle (small numbers), wiring (what is passed, cached or shared), contract (crash, shape
or key), regime (shows only on special inputs), equivalent (a right rewrite), convention (right in another way).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

TUTORIAL = Path(__file__).parent / "implementations" / "tutorial.py"


def changed_tutorial(function: str, before: str, after: str) -> str:
    """The tutorial with `after` in the place of `before`, which stands once in that function."""
    text = TUTORIAL.read_text(encoding="utf-8")
    start = text.index(f"def {function}(")
    end = next((found.start() for found in re.finditer(r"^def ", text[start + 1 :], re.M)), len(text))
    body = text[start : start + 1 + end]
    assert body.count(before) == 1, f"{before!r} stands {body.count(before)} times in {function}"
    return text.replace(body, body.replace(before, after))


class Mistake(NamedTuple):
    """In `function`, `before` is replaced by `after`; `first` is the first row of the trace that shows it.

    `first` is "" where one step on ordinary data does not show it.
    """

    id: str
    function: str
    kind: str
    before: str
    after: str
    first: str

    def source(self) -> str:
        """The tutorial with this mistake in it."""
        return changed_tutorial(self.function, self.before, self.after)


RANDN = "np.random.randn(n_out, n_in) * 0.1"
COST = "cost = -1 / m * (np.dot(Y, np.log(Y_hat).T) + np.dot(1 - Y, np.log(1 - Y_hat).T))"
RESHAPE = "Y = Y.reshape(Y_hat.shape)"
STEP_W = 'params_values["W" + str(layer_idx)] -= learning_rate * grads_values["dW" + str(layer_idx)]'
STEP_B = 'params_values["b" + str(layer_idx)] -= learning_rate * grads_values["db" + str(layer_idx)]\n'
SINGLE_FORWARD, FULL_FORWARD = "single_layer_forward_propagation", "full_forward_propagation"
SINGLE_BACKWARD, FULL_BACKWARD = "single_layer_backward_propagation", "full_backward_propagation"

# What `check` says to be right in another way: other starts, and guards, of which it tells the size. A step from shared
# weights shows the guards all the same, and a start is none of its business.
ANOTHER_WAY = ("I11", "I12", "B07", "C07", "C18", "K09", "K10")

MISTAKES = [
    # initial weights
    Mistake("I02", "init_layers", "gross", RANDN, "np.zeros((n_out, n_in))", ""),
    Mistake("I06", "init_layers", "gross", RANDN, "np.random.rand(n_out, n_in) * 0.1", ""),
    Mistake("I07", "init_layers", "gross", "layer_idx = idx + 1", "layer_idx = idx + 1; np.random.seed(seed)", ""),
    Mistake("I08", "init_layers", "contract", "layer_idx = idx + 1", "layer_idx = idx", ""),
    Mistake("I10", "init_layers", "subtle", RANDN, "np.random.randn(n_in, n_out).T * 0.1", ""),
    Mistake("I11", "init_layers", "gross", RANDN, "np.random.randn(n_out, n_in) * np.sqrt(2 / n_in)", ""),
    Mistake("I12", "init_layers", "subtle", RANDN,
            "np.random.default_rng(seed).standard_normal((n_out, n_in)) * 0.1", ""),
    # activations
    Mistake("A01", "sigmoid", "gross", "np.exp(-Z)", "np.exp(Z)", "A5"),
    Mistake("A03", "sigmoid", "subtle", "np.exp(-Z)", "2.718 ** (-Z)", "A5"),
    Mistake("A07", "sigmoid", "gross", "return 1 / (1 + np.exp(-Z))", "return np.clip(0.2 * Z + 0.5, 0, 1)", "A5"),
    Mistake("A08", "sigmoid", "regime", "return 1 / (1 + np.exp(-Z))", "return 0.5 * (np.tanh(0.5 * Z) + 1)", ""),
    Mistake("A09", "sigmoid", "equivalent", "return 1 / (1 + np.exp(-Z))",
            "e = np.exp(-np.abs(Z)); return np.where(Z >= 0, 1 / (1 + e), e / (1 + e))", ""),
    Mistake("A20", "relu", "gross", "np.maximum(0, Z)", "np.minimum(0, Z)", "A1"),
    Mistake("A22", "relu", "gross", "np.maximum(0, Z)", "np.maximum(0.01 * Z, Z)", "A1"),
    Mistake("A24", "relu", "regime", "np.maximum(0, Z)", "np.minimum(np.maximum(0, Z), 6)", ""),
    Mistake("B03", "sigmoid_backward", "gross", "dA * sig * (1 - sig)", "sig * (1 - sig)", "dZ5"),
    Mistake("B04", "sigmoid_backward", "gross", "(1 - sig)", "(1 + sig)", "dZ5"),
    Mistake("B06", "sigmoid_backward", "gross", "dA * sig * (1 - sig)", "dA * (1 - sig ** 2)", "dZ5"),
    Mistake("B07", "sigmoid_backward", "subtle", "dA * sig * (1 - sig)", "dA * sig * (1 - sig) + 1e-8", "dZ5"),
    Mistake("B09", "sigmoid_backward", "regime", "dA * sig * (1 - sig)", "dA * np.maximum(sig * (1 - sig), 1e-3)", ""),
    Mistake("B21", "relu_backward", "gross", "dZ[Z <= 0] = 0", "dZ[dA <= 0] = 0", "dZ4"),
    Mistake("B23", "relu_backward", "gross", "dZ[Z <= 0] = 0", "dZ[Z > 0] = 0", "dZ4"),
    Mistake("B25", "relu_backward", "gross", "return dZ", "return (Z > 0).astype(dA.dtype)", "dZ4"),
    Mistake("B26", "relu_backward", "subtle", "copy=True", "copy=True, dtype=np.float32", "dZ4"),
    Mistake("B27", "relu_backward", "regime", "dZ[Z <= 0] = 0", "dZ[Z <= 1e-6] = 0", ""),
    # forward
    Mistake("F01", SINGLE_FORWARD, "gross", " + b_curr", "", "Z1"),
    Mistake("F05", SINGLE_FORWARD, "gross", "activation_func = sigmoid", "activation_func = relu", "A5"),
    Mistake("F07", SINGLE_FORWARD, "wiring", "(Z_curr), Z_curr", "(Z_curr), activation_func(Z_curr)", "Z1"),
    Mistake("F09", SINGLE_FORWARD, "gross", "+ b_curr", "+ b_curr[0]", "Z1"),
    Mistake("F10", SINGLE_FORWARD, "contract", "+ b_curr", "+ b_curr.T", "A0"),
    Mistake("F11", SINGLE_FORWARD, "subtle", "np.dot(W_curr, A_prev) + b_curr",
            "np.round(np.dot(W_curr, A_prev) + b_curr, 6)", "Z1"),
    Mistake("F13", SINGLE_FORWARD, "contract", 'raise Exception("Non-supported activation function")',
            "activation_func = relu", ""),
    Mistake("F15", SINGLE_FORWARD, "equivalent", "np.dot(W_curr, A_prev) + b_curr",
            "(A_prev.T @ W_curr.T).T + b_curr", ""),
    Mistake("G02", FULL_FORWARD, "wiring", 'memory["A" + str(idx)] = A_prev', 'memory["A" + str(idx)] = A_curr', "A0"),
    Mistake("G03", FULL_FORWARD, "contract", 'memory["Z" + str(layer_idx)]', 'memory["Z" + str(idx)]', "Z1"),
    Mistake("G04", FULL_FORWARD, "contract", "enumerate(nn_architecture)", "enumerate(nn_architecture[:-1])", "A4"),
    Mistake("G08", FULL_FORWARD, "gross", "A_curr = X\n",
            "A_curr = (X - X.mean(axis=1, keepdims=True)) / X.std(axis=1, keepdims=True)\n", "A0"),
    Mistake("G11", FULL_FORWARD, "subtle", '= Z_curr\n', "= Z_curr + 1e-12\n", "Z1"),
    Mistake("G12", FULL_FORWARD, "equivalent", '+ str(idx)] = A_prev', "+ str(idx)] = A_prev.copy()", ""),
    # cost
    Mistake("C01", "get_cost_value", "gross", "-1 / m", "1 / m", "cost"),
    Mistake("C04", "get_cost_value", "gross", "np.dot(Y, np.log(Y_hat).T)", "np.dot(Y_hat, np.log(Y).T)", "cost"),
    Mistake("C05", "get_cost_value", "gross", "np.log(Y_hat).T", "np.log10(Y_hat).T", "cost"),
    Mistake("C07", "get_cost_value", "subtle", COST,
            "cost = -1 / m * (np.dot(Y, np.log(Y_hat + 1e-8).T) + np.dot(1 - Y, np.log(1 - Y_hat + 1e-8).T))", ""),
    Mistake("C10", "get_cost_value", "gross", COST, "cost = np.mean((Y - Y_hat) ** 2)", "cost"),
    Mistake("C11", "get_cost_value", "gross", "-1 / m", "-1 / (2 * m)", "cost"),
    Mistake("C12", "get_cost_value", "convention", "np.squeeze(cost)", "cost", ""),
    Mistake("C16", "get_cost_value", "gross", COST,
            "cost = -np.mean(Y.T * np.log(Y_hat) + (1 - Y).T * np.log(1 - Y_hat))", "cost"),
    Mistake("C18", "get_cost_value", "regime", COST,
            "cost = -np.nansum(Y * np.log(Y_hat) + (1 - Y) * np.log(1 - Y_hat)) / m", ""),
    Mistake("C19", "get_cost_value", "equivalent", "np.log(1 - Y_hat)", "np.log1p(-Y_hat)", ""),
    # metrics
    Mistake("D02", "convert_prob_into_class", "wiring", "np.copy(probs)", "probs", ""),
    Mistake("D05", "convert_prob_into_class", "equivalent",
            "probs_[probs_ > 0.5] = 1\n    probs_[probs_ <= 0.5] = 0", "probs_ = np.round(probs_)", ""),
    Mistake("D06", "convert_prob_into_class", "gross", "    probs_[probs_ <= 0.5] = 0\n", "", ""),
    Mistake("D10", "get_accuracy_value", "gross", "all(axis=0)", "all(axis=1)", ""),
    Mistake("D12", "get_accuracy_value", "gross", "convert_prob_into_class(Y_hat)", "Y_hat", ""),
    Mistake("D14", "get_accuracy_value", "gross", "Y_hat_ == Y", "Y_hat_ != Y", ""),
    # backward
    Mistake("S04", SINGLE_BACKWARD, "contract", ", keepdims=True", "", "db5"),
    Mistake("S06", SINGLE_BACKWARD, "contract", "np.dot(dZ_curr, A_prev.T)", "np.dot(A_prev, dZ_curr.T)", "dW5"),
    Mistake("S08", SINGLE_BACKWARD, "gross", "A_prev.shape[1]", "A_prev.shape[0]", "dW5"),
    Mistake("S09", SINGLE_BACKWARD, "subtle", "A_prev.T) / m", "A_prev.T) / (m - 1)", "dW5"),
    Mistake("S10", SINGLE_BACKWARD, "subtle", "keepdims=True) / m", "keepdims=True) / (m + 1)", "db5"),
    Mistake("S11", SINGLE_BACKWARD, "gross", "W_curr.T, dZ_curr", "W_curr.T, dA_curr", "dA4"),
    Mistake("S13", SINGLE_BACKWARD, "gross", "= sigmoid_backward", "= relu_backward", "dZ5"),
    Mistake("S14", SINGLE_BACKWARD, "gross", "= relu_backward", "= sigmoid_backward", "dZ4"),
    Mistake("S16", SINGLE_BACKWARD, "subtle", "np.dot(dZ_curr, A_prev.T)",
            "np.dot(dZ_curr.astype(np.float32), A_prev.T)", "dW5"),
    Mistake("S19", SINGLE_BACKWARD, "gross", "np.dot(W_curr.T, dZ_curr)", "np.dot(W_curr.T, dZ_curr) / m", "dA4"),
    Mistake("S22", SINGLE_BACKWARD, "gross", "np.dot(dZ_curr, A_prev.T)", "-np.dot(dZ_curr, A_prev.T)", "dW5"),
    Mistake("S23", SINGLE_BACKWARD, "regime", "backward_activation_func(dA_curr, Z_curr)",
            "np.clip(backward_activation_func(dA_curr, Z_curr), -1, 1)", ""),
    Mistake("S24", SINGLE_BACKWARD, "gross", "A_prev.T) / m", "A_prev.T) / (2 * m)", "dW5"),
    Mistake("S25", SINGLE_BACKWARD, "subtle", "(dA_curr, Z_curr)", "(dA_curr, np.dot(W_curr, A_prev))", "dZ5"),
    Mistake("K01", FULL_BACKWARD, "gross", "dA_prev = -(", "dA_prev = (", "dA5"),
    Mistake("K02", FULL_BACKWARD, "gross", " - np.divide(1 - Y, 1 - Y_hat)", "", "dA5"),
    Mistake("K06", FULL_BACKWARD, "contract", "reversed(list(enumerate(nn_architecture)))",
            "list(enumerate(nn_architecture))", "dZ5"),
    Mistake("K07", FULL_BACKWARD, "contract", 'memory["A" + str(layer_idx_prev)]',
            'memory["A" + str(min(layer_idx_curr, len(nn_architecture) - 1))]', "dW4"),
    Mistake("K09", FULL_BACKWARD, "subtle", "np.divide(Y, Y_hat) - np.divide(1 - Y, 1 - Y_hat)",
            "np.divide(Y, Y_hat + 1e-8) - np.divide(1 - Y, 1 - Y_hat + 1e-8)", ""),
    Mistake("K10", FULL_BACKWARD, "regime", RESHAPE, RESHAPE + "; Y_hat = np.clip(Y_hat, 1e-7, 1 - 1e-7)", ""),
    Mistake("K12", FULL_BACKWARD, "contract", '"dW" + str(layer_idx_curr)',
            '"dW" + str(len(nn_architecture) - layer_idx_prev)', "dW5"),
    Mistake("K16", FULL_BACKWARD, "gross", RESHAPE, RESHAPE + "; Y_hat = convert_prob_into_class(Y_hat)", "dA5"),
    Mistake("K17", FULL_BACKWARD, "gross", "return grads_values",
            'grads_values["dW1"] = np.zeros_like(grads_values["dW1"])\n    return grads_values', "dW1"),
    Mistake("K20", FULL_BACKWARD, "gross", "= db_curr\n", "= dW_curr.mean(axis=1, keepdims=True)\n", "db5"),
    Mistake("K21", FULL_BACKWARD, "equivalent", RESHAPE,
            RESHAPE + '; Y_hat = sigmoid(memory["Z" + str(len(nn_architecture))])', ""),
    # update
    Mistake("U03", "update", "gross", "        " + STEP_B, "", "b1'"),
    Mistake("U05", "update", "gross", 'learning_rate * grads_values["dW"', 'learning_rate * grads_values["db"', "W1'"),
    Mistake("U06", "update", "gross", '["W" + str(layer_idx)] -= learning_rate',
            '["W" + str(layer_idx)] -= 0.1 * learning_rate', "W1'"),
    Mistake("U07", "update", "gross", '["W" + str(layer_idx)] -= learning_rate',
            '["W" + str(layer_idx)] = -learning_rate', "W1'"),
    Mistake("U10", "update", "gross", "    return params_values", "        return params_values", "W2'"),
    Mistake("U12", "update", "equivalent", STEP_W, STEP_W.replace("-= ", '= params_values["W" + str(layer_idx)] - '), ""),
    Mistake("U13", "update", "subtle", "    for layer_idx, layer",
            "    learning_rate = round(learning_rate, 2) * (1 - 1e-7)\n    for layer_idx, layer", "W1'"),
    Mistake("U16", "update", "subtle", STEP_W,
            STEP_W.replace("-= ", '= (params_values["W" + str(layer_idx)] - ') + ").astype(np.float32)", "W1'"),
    # the loop
    Mistake("T03", "train", "gross", "(Y_hat, Y, cashe", "(Y, Y_hat, cashe", ""),
    Mistake("T04", "train", "wiring", "range(epochs)", "range(epochs - 1)", ""),
    Mistake("T05", "train", "wiring", "params_values = update(", "if i % 50 == 0: params_values = update(", ""),
    Mistake("T10", "train", "gross", "grads_values = full",
            "Y_hat, _ = full_forward_propagation(X[:, ::-1], params_values, nn_architecture)\n        grads_values = full",
            ""),
    Mistake("T11", "train", "subtle", "cost = get_cost", "X = X * 0.999\n        cost = get_cost", ""),
    Mistake("T12", "train", "regime", "accuracy_history.append(accuracy)",
            "accuracy_history.append(accuracy)\n"
            "        if len(cost_history) > 2 and cost > cost_history[-2] - 1e-3: break", ""),
]  # fmt: skip
