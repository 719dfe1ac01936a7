"""A differential campaign: NumPy and PyTorch on random networks, every number judged by its derived bound.

    .venv/bin/python scripts/campaign.py --networks 2000 --seed 1

Network k of a seed is the same on every machine and for every number of processes: depth 1–8, widths 1–128, batch
1–512, every activation and loss, both dtypes, weights from small to saturating. `--only K` runs network K alone. Exit
codes: 0 no number outside its bound, 1 some were, 2 the call was wrong, 130 interrupted (what was found is printed).
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import signal
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import partial

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # the processes share the cores
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from numpynet import names
from numpynet.activations import ACTIVATIONS
from numpynet.losses import LOSSES
from numpynet.parity import Step, compare, numpy_trace
from numpynet.parity.compare import WRONG, describe
from numpynet.types import Layer
from torch_reference import torch_trace

CHUNK = 10
MAX_DEPTH, MAX_WIDTH, MAX_BATCH = 8, 128, 512
QUANTILES = (0.5, 0.99, 1.0)
OPERATIONS = ("Z", "A", "cost", "dA", "dZ", "dW", "db", "W'", "b'")


@dataclass
class Found:
    """What some networks gave; `ratios` are the greatest op-local ratios, one a tensor and implementation."""

    networks: Counter[str] = field(default_factory=Counter)
    numbers: int = 0
    exceedances: list[str] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    ratios: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    kinks: int = 0

    def add(self, other: Found) -> None:
        """Take in what another process found."""
        self.networks.update(other.networks)
        self.numbers += other.numbers
        self.exceedances += other.exceedances
        self.outcomes.update(other.outcomes)
        self.kinks += other.kinks
        for operation, ratios in other.ratios.items():
            self.ratios[operation] += ratios


def random_step(seed: int, number: int) -> Step:
    """Network `number` of the seed's sequence: sizes on a logarithmic scale, so that small ones are as likely."""
    stream = np.random.default_rng([seed, number])

    def size(greatest: int) -> int:
        return int(np.exp(stream.uniform(0, np.log(greatest + 1))))

    depth = int(stream.integers(1, MAX_DEPTH + 1))
    widths = [size(MAX_WIDTH) for _ in range(depth + 1)]
    loss = str(stream.choice(list(LOSSES)))
    chosen = [str(stream.choice(list(ACTIVATIONS))) for _ in range(depth - 1)] + [LOSSES[loss].output]
    layers: list[Layer] = [
        {"input_dim": n_in, "output_dim": n_out, "activation": name}
        for n_in, n_out, name in zip(widths[:-1], widths[1:], chosen, strict=True)
    ]
    scale = 10.0 ** stream.uniform(-3, 0.5)
    params_values = {}
    for layer_idx, layer in enumerate(layers, start=1):
        n_out, n_in = layer["output_dim"], layer["input_dim"]
        params_values[names.W(layer_idx)] = scale * stream.standard_normal((n_out, n_in))
        params_values[names.b(layer_idx)] = scale * stream.standard_normal((n_out, 1))
    m = size(MAX_BATCH)
    X = 10.0 ** stream.uniform(-2, 1) * stream.standard_normal((widths[0], m))
    Y = stream.integers(0, 2, (widths[-1], m))
    dtype = str(stream.choice(["float32", "float64"]))
    return Step(X.astype(dtype), Y, params_values, layers, float(10.0 ** stream.uniform(-4, 0)), loss)


def judge(seed: int, numbers: range) -> Found:
    """Compare the networks of these numbers."""
    found = Found()
    for number in numbers:
        step = random_step(seed, number)
        report = compare(numpy_trace(step), torch_trace(step))
        found.networks[str(step.dtype)] += 1
        found.kinks += len(report.kinks)
        for row in report.rows:
            found.numbers += row.compared
            found.outcomes[str(row.outcome)] += 1
            operation = names.kind(row.name)
            for judged in row.local.values():
                if judged.ratio is not None and row.name != "A0":
                    found.ratios[operation].append(judged.ratio)
            if row.outcome in WRONG:
                found.exceedances.append(f"--seed {seed} --only {number}: {describe(row)}")
    return found


def leave_interrupts_to_the_parent() -> None:
    """Ctrl-C reaches every process; the parent ends the campaign."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def say(found: Found, seconds: float) -> None:
    """Print the figures."""
    total = sum(found.networks.values())
    kinds = ", ".join(f"{count} in {dtype}" for dtype, count in sorted(found.networks.items()))
    print(f"{total:,} networks ({kinds}), {found.numbers:,} numbers compared in {seconds:.0f} s")
    print(f"{len(found.exceedances)} tensors outside their bound")
    for exceedance in found.exceedances:
        print(f"  .venv/bin/python scripts/campaign.py {exceedance}")
    print("tensors by outcome: " + ", ".join(f"{count:,} {outcome}" for outcome, count in found.outcomes.most_common()))
    print(f"units that took different sides of an activation's boundary: {found.kinks:,}")
    print("ratio of error to bound, one operation on its own inputs, the greatest of each tensor:")
    print(f"  {'operation':10}{'tensors':>9}{'median':>9}{'99 %':>9}{'greatest':>10}")
    for operation in OPERATIONS:
        if found.ratios[operation]:
            median, high, greatest = np.quantile(found.ratios[operation], QUANTILES)
            print(f"  {operation:10}{len(found.ratios[operation]):>9,}{median:>9.3f}{high:>9.3f}{greatest:>10.3f}")


def main() -> int:
    """Run the campaign and return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--networks", type=int, default=200, metavar="N", help="how many (default 200)")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="of the sequence (default 1)")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, metavar="P", help="default: one a core")
    parser.add_argument("--only", type=int, metavar="K", help="run network K of the seed's sequence alone")
    options = parser.parse_args()
    if options.networks < 1 or options.processes < 1 or options.seed < 0 or (options.only or 0) < 0:
        parser.error("--networks and --processes are at least 1, --seed and --only at least 0")
    numbers = range(options.networks) if options.only is None else range(options.only, options.only + 1)
    chunks = [numbers[start : start + CHUNK] for start in range(0, len(numbers), CHUNK)]
    found, started, interrupted, done = Found(), time.monotonic(), False, 0
    with multiprocessing.Pool(min(options.processes, len(chunks)), leave_interrupts_to_the_parent) as pool:
        try:
            for part in pool.imap_unordered(partial(judge, options.seed), chunks):
                found.add(part)
                done = sum(found.networks.values())
                if sys.stderr.isatty():
                    print(f"\r{done:,} of {len(numbers):,} networks", end="", file=sys.stderr, flush=True)
        except KeyboardInterrupt:
            interrupted = True
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)
    if interrupted:
        print(f"interrupted after {done:,} of {len(numbers):,} networks; so far:")
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # a closed pipe ends the print, as it ends any other command
    say(found, time.monotonic() - started)
    return 130 if interrupted else 1 if found.exceedances else 0


if __name__ == "__main__":
    sys.exit(main())
