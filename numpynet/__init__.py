"""A fully connected network in plain NumPy, proven number by number to be what PyTorch computes."""

from numpynet.activations import ACTIVATIONS, relu, relu_backward, sigmoid, sigmoid_backward
from numpynet.door import (
    draw_kept,
    full_backward_propagation,
    full_forward_propagation,
    get_accuracy_value,
    get_cost_value,
    init_layers,
    optimizer_step,
    single_layer_backward_propagation,
    single_layer_forward_propagation,
    update,
    update_running,
)
from numpynet.files import Scaler, Weights, load_weights, save_weights
from numpynet.initializers import INITIALIZERS
from numpynet.losses import LOSSES
from numpynet.metrics import convert_prob_into_class
from numpynet.network import NN_ARCHITECTURE
from numpynet.optimizers import OPTIMIZERS, initial_state
from numpynet.prediction import predict
from numpynet.schedules import SCHEDULES
from numpynet.training import TrainingStep, train, training_steps

__version__ = "0.2.0"
__all__ = [
    "ACTIVATIONS",
    "INITIALIZERS",
    "LOSSES",
    "NN_ARCHITECTURE",
    "OPTIMIZERS",
    "SCHEDULES",
    "Scaler",
    "TrainingStep",
    "Weights",
    "convert_prob_into_class",
    "draw_kept",
    "full_backward_propagation",
    "full_forward_propagation",
    "get_accuracy_value",
    "get_cost_value",
    "init_layers",
    "initial_state",
    "load_weights",
    "optimizer_step",
    "predict",
    "relu",
    "relu_backward",
    "save_weights",
    "sigmoid",
    "sigmoid_backward",
    "single_layer_backward_propagation",
    "single_layer_forward_propagation",
    "train",
    "training_steps",
    "update",
    "update_running",
]
