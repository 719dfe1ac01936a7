"""The command's door: says what is missing where the tools are not installed, and turns every end into an exit code."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import sys
import traceback
from pathlib import Path
from types import FrameType

from numpynet.printable import printable, told

USAGE, INTERNAL, INTERRUPTED = 2, 3, 130


def main() -> None:
    """Run the command and exit: 0 all right, 1 a mismatch, 2 a wrong call, 3 an internal error, 130 interrupted."""
    with contextlib.suppress(AttributeError, ValueError):  # Windows; not the main thread
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # a closed pipe ends the command, as it ends any other
        for number in (signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) == signal.SIG_DFL:  # not where nohup has it ignored
                signal.signal(number, _as_interrupt)
    if sys.stdout is None:
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    try:
        code = _run()
    except KeyboardInterrupt:
        print("numpynet: interrupted", file=sys.stderr)
        code = INTERRUPTED
    except MemoryError as error:
        print(f"numpynet: not enough memory for this network and batch: {printable(str(error))}", file=sys.stderr)
        code = USAGE
    except OSError as error:
        print(f"numpynet: {printable(told(error))}", file=sys.stderr)
        code = USAGE
    except Exception as error:
        code = _failed(error)
    sys.exit(code)


def _as_interrupt(number: int, frame: FrameType | None) -> None:
    """SIGTERM and SIGHUP do what Ctrl-C does: what is under way is put in order first."""
    handler = signal.getsignal(signal.SIGINT)
    if not callable(handler):  # SIGINT is ignored, as for a command that a script put into the background
        raise KeyboardInterrupt
    handler(number, frame)


def _run() -> int:
    import click

    from numpynet.commands import cli

    try:
        return int(cli.main(prog_name="numpynet", standalone_mode=False) or 0)
    except click.exceptions.Exit as error:
        return int(error.exit_code)
    except click.ClickException as error:
        shown = io.StringIO()
        error.show(shown)
        print(printable(shown.getvalue(), keep="\n"), end="", file=sys.stderr)
        return USAGE
    except click.Abort:
        raise KeyboardInterrupt from None


def _failed(error: Exception) -> int:
    missing = (error.name or "").partition(".")[0] if isinstance(error, ModuleNotFoundError) else ""
    if missing not in ("", "numpynet", "torch_reference"):
        print(f"numpynet: the command needs {missing}: pip install 'numpynet[tools]'", file=sys.stderr)
        return USAGE
    traceback.print_exception(error)
    print("numpynet: an internal error, not a mistake of yours; please report the lines above", file=sys.stderr)
    return INTERNAL


if __name__ == "__main__":
    main()
