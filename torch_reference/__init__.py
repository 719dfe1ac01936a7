"""The same network as torch.nn, trained by torch's own autograd and optimizer. No derivative is written here."""

from torch_reference.experiments import run_experiments
from torch_reference.graph import torch_graph
from torch_reference.model import ACTIVATIONS, LOSSES, OPTIMIZERS, SCHEDULES, Twin, torch_default
from torch_reference.recording import ModuleError
from torch_reference.somebodys import ReadModule, trace_module
from torch_reference.trace import TORCH, draw, torch_epochs, torch_evaluation, torch_trace

__all__ = [
    "ACTIVATIONS",
    "LOSSES",
    "OPTIMIZERS",
    "SCHEDULES",
    "TORCH",
    "ModuleError",
    "ReadModule",
    "Twin",
    "draw",
    "run_experiments",
    "torch_default",
    "torch_epochs",
    "torch_evaluation",
    "torch_graph",
    "torch_trace",
    "trace_module",
]
