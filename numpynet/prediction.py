"""Predictions of a trained network for new examples."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from numpynet.files import Weights, check_weights
from numpynet.losses import LOSSES
from numpynet.metrics import convert_prob_into_class
from numpynet.network import full_forward_propagation
from numpynet.types import Array
from numpynet.validation import check_finite, check_probabilities, check_shape


def predict(X: Array, weights: Weights) -> Array:
    """Of new examples X, (n_0, m) and not standardised, probabilities or numbers, (n_L, m).

    ValueError for a shape that does not fit, NaN or infinity; for weights without the loss that their outputs are for.
    """
    check_weights(weights)
    check_probabilities(weights.nn_architecture, weights.loss)
    X = np.asarray(X)
    check_shape("X", X, (weights.nn_architecture[0]["input_dim"], "m"))
    check_finite("X", X)
    scaled = X if weights.scaler is None else weights.scaler(X)
    Y_hat, _ = full_forward_propagation(scaled.astype(weights.dtype), weights.params_values, weights.nn_architecture)
    return LOSSES[weights.loss].prediction(Y_hat)


def table(prediction: Array, weights: Weights) -> Iterator[list[str]]:
    """The prediction as lines of text, a header first: the class and the probabilities, or the numbers."""
    outputs, names = len(prediction), weights.classes
    targets = LOSSES[weights.loss].targets
    if targets == "real":
        yield ["prediction"] if outputs == 1 else [f"prediction {output}" for output in range(outputs)]
        yield from ([repr(float(value)) for value in column] for column in prediction.T)
        return
    if targets == "binary" and outputs > 1 and len(names) != outputs:  # labels that do not exclude each other
        yield [f"p({output})" for output in range(outputs)]
        yield from ([repr(float(value)) for value in column] for column in prediction.T)
        return
    if targets == "binary" and outputs == 1:
        prediction, names = np.vstack([1 - prediction, prediction]), names or ("0", "1")
        classes = convert_prob_into_class(prediction[1]).astype(int)
    else:
        names = names if len(names) == outputs else tuple(map(str, range(outputs)))
        classes = prediction.argmax(axis=0)
    yield ["class", *(f"p({name})" for name in names)]
    for chosen, column in zip(classes, prediction.T, strict=True):
        yield [names[chosen], *(repr(float(value)) for value in column)]
