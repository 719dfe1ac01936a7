"""`numpynet predict`: what a trained network says of new examples."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import click

from numpynet.commands.options import EXISTING_FILE, OK, TargetFile, json_option, wrong_call
from numpynet.datasets import read_table
from numpynet.files import load_weights, write_beside
from numpynet.prediction import predict as predictions
from numpynet.prediction import table


@click.command()
@click.argument("file", type=EXISTING_FILE)
@click.option(
    "--weights",
    "weights_file",
    type=EXISTING_FILE,
    metavar="FILE.npz",
    required=True,
    help="What `numpynet train` saved.",
)
@click.option("--save", type=TargetFile(".csv"), metavar="FILE.csv", help="Where they go.  [default: printed]")
@json_option  # fmt: skip
def predict(file: Path, weights_file: Path, save: Path | None, as_json: bool) -> int:
    """Predict the examples of a .csv: features alone, in the columns of training; a header is optional.

    Written as CSV, a line an example: its class and the probability of each, or the number.

    \b
    Examples:
      numpynet predict --weights weights.npz new.csv
      numpynet predict --weights weights.npz new.csv --save predictions.csv
    """
    from numpynet.views.console import echo
    from numpynet.views.json import to_json

    with wrong_call():
        weights = load_weights(weights_file)
        X, _ = read_table(file, target=False)
        inputs = weights.nn_architecture[0]["input_dim"]
        if X.shape[1] != inputs:
            more = "; leave the labels out" if X.shape[1] == inputs + 1 else ""
            raise ValueError(f"{file} has {X.shape[1]} columns: expected {inputs}, the network's inputs{more}")
        header, *lines = table(predictions(X.T, weights), weights)
        if as_json:
            told = [
                [cell if name == "class" else float(cell) for name, cell in zip(header, line, strict=True)]
                for line in lines
            ]
            echo(to_json({"columns": header, "predictions": told}))
            return OK
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([header, *lines])
        if save is None:
            echo(text.getvalue().rstrip("\n"))
        else:
            write_beside(save, lambda out: out.write(text.getvalue().encode()))
            echo(f"Predictions: {save}, {len(lines):,} of them")
    return OK
