"""Somebody's own file as a module."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from types import ModuleType

from numpynet.parity.trace import said
from numpynet.reading import read_regular

MOST_SOURCE = 16 << 20


def load_implementation(path: Path) -> ModuleType:
    """Run the file, and return it as a module; what it prints goes to standard error.

    Its folder joins the end of `sys.path`, for the helpers beside it; there it hides nothing that others import.

    ImportError where it cannot be run to its end; OSError or ValueError where it cannot be read.
    """
    source = read_regular(path, MOST_SOURCE)
    module = ModuleType(f"implementation_{path.stem}")
    module.__file__ = str(path)
    sys.modules[module.__name__] = module  # dataclasses look their module up here
    sys.path.append(str(path.resolve().parent))
    try:
        with contextlib.redirect_stdout(sys.stderr):
            exec(compile(source, str(path), "exec"), module.__dict__)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise ImportError(f"{path} cannot be loaded: {said(error)}") from error
    return module
