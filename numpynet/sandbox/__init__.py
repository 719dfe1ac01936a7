"""Somebody's file, run in a process of its own; nothing here knows what a network is."""

from numpynet.sandbox.launch import Limits
from numpynet.sandbox.messages import (
    Answer,
    Definition,
    InPlace,
    Inside,
    Loaded,
    LoadError,
    Odd,
    Raised,
    Ref,
    TooMuchError,
)
from numpynet.sandbox.session import Session, read_source

__all__ = [
    "Answer",
    "Definition",
    "InPlace",
    "Inside",
    "Limits",
    "LoadError",
    "Loaded",
    "Odd",
    "Raised",
    "Ref",
    "Session",
    "TooMuchError",
    "read_source",
]
