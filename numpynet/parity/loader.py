"""Somebody's own file as a module."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from types import ModuleType


def load_implementation(path: Path) -> ModuleType:
    """Run the file, and return it as a module; what it prints goes to standard error, its folder is on `sys.path`.

    ImportError where it cannot be run to its end; OSError where it cannot be read.
    """
    source = path.read_bytes()
    module = ModuleType(f"implementation_{path.stem}")
    module.__file__ = str(path)
    sys.modules[module.__name__] = module  # dataclasses look their module up here
    sys.path.insert(0, str(path.resolve().parent))
    try:
        with contextlib.redirect_stdout(sys.stderr):
            exec(compile(source, str(path), "exec"), module.__dict__)
    except (Exception, SystemExit) as error:
        raise ImportError(f"{path} cannot be loaded: {type(error).__name__}: {error}") from error
    finally:
        sys.path.remove(str(path.resolve().parent))
    return module
