"""Traces of a training step, and their comparison."""

from numpynet.parity.compare import ParityError, Report, Row, compare
from numpynet.parity.gradients import GradientReport, check_gradients
from numpynet.parity.step import Step
from numpynet.parity.trace import Trace, numpy_trace, trace_functions

__all__ = [
    "GradientReport",
    "ParityError",
    "Report",
    "Row",
    "Step",
    "Trace",
    "check_gradients",
    "compare",
    "numpy_trace",
    "trace_functions",
]
