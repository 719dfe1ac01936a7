"""Traces of a training step, and their comparison."""

from numpynet.parity.compare import ParityError, Report, Row, compare
from numpynet.parity.step import Step
from numpynet.parity.trace import Trace, numpy_trace

__all__ = ["ParityError", "Report", "Row", "Step", "Trace", "compare", "numpy_trace"]
