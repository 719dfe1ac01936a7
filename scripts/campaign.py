"""A differential campaign: NumPy and PyTorch on random networks, every number judged by its derived bound.

    .venv/bin/python scripts/campaign.py --networks 2000 --seed 1

Network k of a seed is the same on every machine and for every number of processes: depth 1–8, widths 1–128, batch
1–512, every activation, loss, optimizer and schedule, batch norm and dropout here and there, both dtypes, weights from
small to saturating, a first step or a later one.
`--only K` runs network K alone. Exit codes: 0 no number outside its bound, 1 some were, 2 the call was wrong, 130
interrupted (what was found is printed).
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import signal
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # the processes share the cores
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from numpynet import names
from numpynet.activations import HIDDEN_ACTIVATIONS
from numpynet.losses import LOSSES
from numpynet.optimizers import OPTIMIZERS, initial_state
from numpynet.parity import Step, compare, numpy_trace
from numpynet.parity.compare import WRONG, describe
from numpynet.schedules import SCHEDULES, Schedule
from numpynet.types import Layer
from torch_reference import draw, torch_trace

CHUNK = 10
SHARE = 0.25  # of the layers have batch norm, and of the hidden ones dropout
MAX_DEPTH, MAX_WIDTH, MAX_BATCH = 8, 128, 512
QUANTILES = (0.5, 0.99, 1.0)


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
    targets = LOSSES[loss].targets
    widths[-1] = max(widths[-1], 2 if targets == "classes" else 1)
    chosen = [str(stream.choice(HIDDEN_ACTIVATIONS)) for _ in range(depth - 1)] + [LOSSES[loss].output]
    layers: list[Layer] = [
        {"input_dim": n_in, "output_dim": n_out, "activation": name}
        for n_in, n_out, name in zip(widths[:-1], widths[1:], chosen, strict=True)
    ]
    m = size(MAX_BATCH)
    for layer in layers:
        if m > 1 and stream.random() < SHARE:
            layer["batch_norm"] = True
        if layer is not layers[-1] and stream.random() < SHARE:
            layer["dropout"] = float(stream.choice([0.1, 0.5, 0.9]))
    scale = 10.0 ** stream.uniform(-3, 0.5)
    params_values = {}
    for layer_idx, layer in enumerate(layers, start=1):
        n_out, n_in = layer["output_dim"], layer["input_dim"]
        params_values[names.W(layer_idx)] = scale * stream.standard_normal((n_out, n_in))
        params_values[names.b(layer_idx)] = scale * stream.standard_normal((n_out, 1))
        if layer.get("batch_norm"):
            for kind in names.NORMALIZATION:
                drawn = stream.standard_normal((n_out, 1))
                params_values[names.make(kind, layer_idx)] = np.abs(drawn) if kind == "running_var" else drawn
    X = 10.0 ** stream.uniform(-2, 1) * stream.standard_normal((widths[0], m))
    Y = stream.integers(0, widths[-1], m) if targets == "classes" else stream.integers(0, 2, (widths[-1], m))
    if targets == "real":
        Y = 10.0 ** stream.uniform(-2, 2) * stream.standard_normal((widths[-1], m))
    dtype = str(stream.choice(["float32", "float64"]))
    rate = float(10.0 ** stream.uniform(-4, 0))
    optimizer = str(stream.choice(list(OPTIMIZERS)))
    hyper = {name: draw(stream) for name, draw in DRAWN.items() if name in OPTIMIZERS[optimizer].defaults}
    if "momentum" in hyper:
        hyper["nesterov"] = bool(hyper["momentum"]) and not hyper["dampening"]
    state, t = {}, int(stream.choice([1, 2, 100]))
    for name, zeros in initial_state(params_values, optimizer, **hyper).items():
        moved = scale * stream.standard_normal(zeros.shape)
        state[name] = zeros if t == 1 else moved if name.startswith(("momentum_buffer", "exp_avg.")) else moved**2
    schedule = (
        Schedule(name, rate, {"T_max": 20} if name == "cosine" else {})
        if (name := str(stream.choice([*SCHEDULES, "none"]))) != "none"
        else None
    )
    epoch = int(stream.integers(0, 30))
    step = Step(
        X.astype(dtype), Y, params_values, layers, schedule.rate(epoch) if schedule else rate, loss, optimizer, hyper,
        state, t, seed=number, schedule=schedule, epoch=epoch,
    )  # fmt: skip
    return step.drawn_by(draw)


DRAWN: dict[str, Callable[[np.random.Generator], Any]] = {
    "momentum": lambda stream: float(stream.choice([0, 0.5, 0.9])),
    "dampening": lambda stream: float(stream.choice([0, 0.1])),
    "weight_decay": lambda stream: float(stream.choice([0, 1e-2, 0.3])),
    "betas": lambda stream: (float(stream.choice([0.3, 0.9])), float(stream.choice([0.7, 0.999]))),
    "alpha": lambda stream: float(stream.choice([0.5, 0.99])),
    "eps": lambda stream: float(stream.choice([1e-10, 1e-8, 1e-3])),
}


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
            operation = operation_of(row.name, step)
            for judged in row.local.values():
                if judged.ratio is not None and row.name != "A0":
                    found.ratios[operation].append(judged.ratio)
            if row.outcome in WRONG:
                found.exceedances.append(f"--seed {seed} --only {number}: {describe(row)}")
    return found


def operation_of(row: str, step: Step) -> str:
    """What made it: the kind of quantity, and the activation, loss or optimizer where there are several."""
    kind, layer = names.kind(row), names.layer_of(row)
    if kind == "cost" or (kind == "dA" and layer == len(step.nn_architecture)):
        return f"{kind}, {step.loss}"
    normalized = bool(layer) and step.nn_architecture[(layer or 1) - 1].get("batch_norm")
    if kind == "dA" and layer and step.passed_on(layer) != names.A(layer):
        return f"{kind}, dropout"
    if kind == "dZ" and normalized:
        return f"{kind}, batch norm"
    if kind in ("A", "dZ", "dN") and layer:
        return f"{kind.replace('N', 'Z')}, {step.nn_architecture[layer - 1]['activation']}"
    if kind == "lr'":
        return f"{kind}, {step.schedule.name if step.schedule else ''}"
    if kind.startswith("running_"):
        return kind
    return f"{kind}, {step.optimizer}" if names.phase(row) == "update" else kind


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
    width = max(map(len, found.ratios), default=0) + 2
    print(f"  {'operation':{width}}{'tensors':>9}{'median':>9}{'99 %':>9}{'greatest':>10}")
    for operation in sorted(found.ratios):
        median, high, greatest = np.quantile(found.ratios[operation], QUANTILES)
        figures = f"{median:>9.3f}{high:>9.3f}{greatest:>10.3f}" if greatest else f"{'exact':>28}"
        print(f"  {operation:{width}}{len(found.ratios[operation]):>9,}{figures}")


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
