"""A fully connected network in plain NumPy, proven number by number to be what PyTorch computes."""

from numpynet.activations import ACTIVATIONS, relu, relu_backward, sigmoid, sigmoid_backward
from numpynet.door import (
    full_backward_propagation,
    full_forward_propagation,
    get_accuracy_value,
    get_cost_value,
    init_layers,
    single_layer_backward_propagation,
    single_layer_forward_propagation,
    update,
)
from numpynet.losses import LOSSES
from numpynet.metrics import convert_prob_into_class
from numpynet.network import NN_ARCHITECTURE
from numpynet.training import TrainingStep, train, training_steps

__version__ = "0.1.0"
__all__ = [
    "ACTIVATIONS",
    "LOSSES",
    "NN_ARCHITECTURE",
    "TrainingStep",
    "convert_prob_into_class",
    "full_backward_propagation",
    "full_forward_propagation",
    "get_accuracy_value",
    "get_cost_value",
    "init_layers",
    "relu",
    "relu_backward",
    "sigmoid",
    "sigmoid_backward",
    "single_layer_backward_propagation",
    "single_layer_forward_propagation",
    "train",
    "training_steps",
    "update",
]
