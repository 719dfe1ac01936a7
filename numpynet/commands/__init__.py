"""The command `numpynet`: one file a command, which alone may reach every floor, each where it is needed."""

from __future__ import annotations

import click

import numpynet
from numpynet.commands.check import check
from numpynet.commands.compare import compare
from numpynet.commands.explain import explain
from numpynet.commands.gradcheck import gradcheck
from numpynet.commands.predict import predict
from numpynet.commands.train import train


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(numpynet.__version__)
def cli() -> None:
    """A neural network in plain NumPy, beside PyTorch, number by number.

    \b
    Examples:
      numpynet compare                    one training step of both, 42 tensors side by side
      numpynet train --plot moons.svg     train the NumPy network, save its weights and a picture
      numpynet predict --weights weights.npz new.csv    what it says of new examples
      numpynet explain --open             what autograd does in one small step, on a page
      numpynet check mine.py              which of your own functions is wrong, and why
      numpynet gradcheck mine.py …        whether any code's gradients are those of its cost

    Exit codes: 0 all right, 1 a mismatch was found, 2 the call was wrong, 3 an internal error, 130 interrupted.
    """


for command in (compare, train, predict, explain, check, gradcheck):
    cli.add_command(command)
