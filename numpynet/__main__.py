"""The command's door: says what is missing where the tools are not installed, and turns every end into an exit code."""

from __future__ import annotations

import os
import sys
import traceback

USAGE, INTERNAL, INTERRUPTED, BROKEN_PIPE = 2, 3, 130, 141


def main() -> None:
    """Run the command and exit: 0 all right, 1 a mismatch, 2 a wrong call, 3 an internal error, 130 interrupted."""
    try:
        code = _run()
        sys.stdout.flush()
    except KeyboardInterrupt:
        print("\nnumpynet: interrupted", file=sys.stderr)
        code = INTERRUPTED
    except BrokenPipeError:  # the reader has gone; nothing more can be said to it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = BROKEN_PIPE
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] in ("numpynet", "torch_reference"):
            raise
        print(f"numpynet: the command needs {error.name}: pip install 'numpynet[tools]'", file=sys.stderr)
        code = USAGE
    sys.exit(code)


def _run() -> int:
    import click

    from numpynet.cli import cli

    try:
        return int(cli.main(prog_name="numpynet", standalone_mode=False) or 0)
    except click.exceptions.Exit as error:
        return int(error.exit_code)
    except click.ClickException as error:
        error.show()
        return USAGE
    except click.Abort:
        raise KeyboardInterrupt from None
    except (BrokenPipeError, ModuleNotFoundError):
        raise
    except Exception:
        traceback.print_exc()
        print("numpynet: an internal error, not a mistake of yours; please report the lines above", file=sys.stderr)
        return INTERNAL


if __name__ == "__main__":
    main()
