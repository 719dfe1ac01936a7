"""The time of one training step: numpynet beside its peers, in one run.

    .venv/bin/python scripts/benchmark.py
    .venv/bin/python scripts/benchmark.py --network reference --dtype float64 --contestants numpynet,torch
    .venv/bin/python scripts/benchmark.py --json --plot docs/benchmark.svg

Method. Every contestant trains the same network from the same weights on the same data by full-batch gradient descent,
with the same number of threads, and records cost and accuracy at every step; before anything is timed, its costs must
equal the others'. Each runs in a process of its own, as it would run alone: no thread pool that another left spinning,
no memory that another warmed up. They take turns, one works and the others sleep: a round gives each a short warm-up,
then at least BLOCK seconds of steps. The table shows the median over the rounds of a contestant's time per step, its
least and greatest, and the median of the ratio to numpynet's (and to the floor's) time *of the same round*: a machine
that is slow for a while is slow for all. `floor` is the step's matrix products alone, written into ready memory.
Everything is measured with one thread, then with one a core; growth with one.

numpynet: `training_steps`, which `train` loops over. tutorial: a plain rendering of the lab. torch: the twin, BCELoss,
autograd and SGD, eager. torch.compile: the same, its forward and backward compiled. scikit-learn: MLPClassifier by
`partial_fit` (SGD without momentum, full batch); it tells no accuracy of a step, which takes a second forward pass; so
`scikit-learn (cost)` goes without. Growth: the reference network at other batches; 2-w-w-w-1 at other widths.

Exit codes: 0 measured, 1 a contestant's costs differ from the others', 2 the call was wrong, 130 interrupted.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import shutil
import signal
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib import metadata
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

from numpynet import names
from numpynet.parity.loader import load_implementation
from numpynet.problem import Problem, load_problem
from numpynet.training import training_steps

TUTORIAL = Path(__file__).parent.parent / "tests" / "implementations" / "tutorial.py"
LEARNING_RATE = 0.01
BLOCK, WARM_UP = 0.15, 0.05  # seconds of a turn
CHECKED_STEPS = 3
TOLERANCE = {"float64": 1e-9, "float32": 1e-3}  # of the costs, relative: the same work, not the same rounding
DTYPES = ("float64", "float32")
THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


@dataclass(frozen=True)
class Setting:
    """A network on data."""

    layers: str
    batch: int
    dtype: str
    threads: int

    def __str__(self) -> str:
        threads = f"{self.threads} thread" + "s" * (self.threads > 1)
        return f"{self.layers}, batch {self.batch}, {self.dtype}, {threads}"

    def load(self) -> Problem:
        """Moons for two features and one label, random data otherwise; no weight so large that predictions saturate."""
        moons = self.layers.startswith("2-") and self.layers.endswith("-1") and self.batch <= 900
        problem = load_problem(
            "moons" if moons else "random", layers=self.layers, examples=self.batch, dtype=self.dtype
        )
        for name, value in problem.params_values.items():
            if value.shape[1] > 100:
                problem.params_values[name] = value / value.dtype.type(np.sqrt(value.shape[1] / 100))
        return problem


NETWORKS = {"reference": ("2-25-50-50-25-1", 900), "wide": ("784-1024-1024-10", 1024)}
WIDTHS, BATCHES = (8, 32, 128, 512), (32, 128, 512, 2048, 8192)
Steps = Iterator[tuple[float, float]]  # cost and accuracy of a step, each when it is done


def numpynet_steps(problem: Problem) -> Steps:
    """`training_steps`, without end."""
    data, start = problem.data, problem.params_values
    arguments = data.X_train, data.Y_train, problem.nn_architecture, sys.maxsize, LEARNING_RATE
    for step in training_steps(*arguments, params_values=start):
        yield step.cost, step.accuracy


def tutorial_steps(problem: Problem) -> Steps:
    """The lab's loop over its own functions."""
    lab = load_implementation(TUTORIAL)
    X, Y, layers = problem.data.X_train, problem.data.Y_train, problem.nn_architecture
    params_values = {name: value.copy() for name, value in problem.params_values.items()}
    while True:
        Y_hat, memory = lab.full_forward_propagation(X, params_values, layers)
        cost = np.trace(np.atleast_2d(lab.get_cost_value(Y_hat, Y)))  # of several outputs it makes every pair
        accuracy = lab.get_accuracy_value(Y_hat, Y)
        grads_values = lab.full_backward_propagation(Y_hat, Y, memory, params_values, layers)
        params_values = lab.update(params_values, grads_values, layers, LEARNING_RATE)
        yield float(cost), float(accuracy)


def torch_steps(problem: Problem, compiled: bool = False) -> Steps:
    """The twin with torch's own loss, autograd and optimizer."""
    import torch

    from torch_reference import LOSSES, Twin, convert

    twin, loss = Twin(problem.nn_architecture, problem.params_values), LOSSES["bce"].module()
    optimizer = torch.optim.SGD(twin.parameters(), lr=LEARNING_RATE)
    X, Y = convert.to_rows(problem.data.X_train), convert.to_rows(problem.data.Y_train)
    outputs = Y.shape[1]

    def forward() -> tuple[torch.Tensor, torch.Tensor]:
        Y_hat = twin(X)
        return loss(Y_hat, Y) * outputs, ((Y_hat > 0.5) == Y).all(dim=1).sum()

    run = torch.compile(forward) if compiled else forward
    while True:
        cost, right = run()
        optimizer.zero_grad()
        cost.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        yield cost.item(), right.item() / len(Y)


def compiled_torch_steps(problem: Problem) -> Steps:
    """The twin through `torch.compile`."""
    if shutil.which(os.environ.get("CXX", "g++")) is None:
        raise OSError("no C++ compiler at hand")
    return torch_steps(problem, compiled=True)


def sklearn_steps(problem: Problem, accuracy: bool = True) -> Steps:
    """MLPClassifier, one `partial_fit` a step."""
    from sklearn.neural_network import MLPClassifier

    X, Y = np.ascontiguousarray(problem.data.X_train.T), problem.data.Y_train
    m = len(X)
    labels = (Y[0] if len(Y) == 1 else Y.T).astype(int)
    hidden = [layer["output_dim"] for layer in problem.nn_architecture[:-1]]
    model = MLPClassifier(
        hidden, solver="sgd", alpha=0, batch_size=m, learning_rate_init=LEARNING_RATE, momentum=0, shuffle=False,
        nesterovs_momentum=False,
    )  # fmt: skip
    model.partial_fit(X, labels, classes=[0, 1] if len(Y) == 1 else range(len(Y)))
    for number, (W, b) in enumerate(zip(model.coefs_, model.intercepts_, strict=True), start=1):
        W[:] = problem.params_values[names.W(number)].T
        b[:] = problem.params_values[names.b(number)][:, 0]
    while True:
        share = float(model.score(X, labels)) if accuracy else np.nan
        model.partial_fit(X, labels)
        yield float(model.loss_), share


def floor_steps(problem: Problem) -> Steps:
    """The matrix products of a step and nothing else."""
    X, kind = problem.data.X_train, problem.data.X_train.dtype
    m, layers = X.shape[1], problem.nn_architecture
    W = [problem.params_values[names.W(number)] for number in range(1, len(layers) + 1)]
    A = [X] + [np.ones((len(w), m), kind) for w in W]
    Z, dZ = [np.ones_like(a) for a in A[1:]], [np.ones_like(a) for a in A[1:]]
    dA, dW = [np.ones_like(a) for a in A], [np.ones_like(w) for w in W]
    while True:
        for number, w in enumerate(W):
            np.dot(w, A[number], out=Z[number])
        for number in reversed(range(len(W))):
            np.dot(dZ[number], A[number].T, out=dW[number])
            if number:
                np.dot(W[number].T, dZ[number], out=dA[number])
        yield np.nan, np.nan


CONTESTANTS: dict[str, Callable[[Problem], Steps]] = {
    "numpynet": numpynet_steps,
    "tutorial": tutorial_steps,
    "torch": torch_steps,
    "torch.compile": compiled_torch_steps,
    "scikit-learn": sklearn_steps,
    "scikit-learn (cost)": lambda problem: sklearn_steps(problem, accuracy=False),
    "floor": floor_steps,
}
GROWING = ("numpynet", "tutorial", "torch", "floor")


def work(name: str, threads: int, pipe: Connection) -> None:
    """A contestant's process: for each Setting received the first costs, for each number of seconds a time per step."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's
    warnings.simplefilter("ignore")
    if "torch" in name:
        import torch

        torch.set_num_threads(threads)
    steps: Steps = iter(())
    while True:
        try:
            asked: Setting | float = pipe.recv()
        except EOFError:
            return
        try:
            if isinstance(asked, Setting):
                steps = CONTESTANTS[name](asked.load())
                pipe.send([next(steps)[0] for _ in range(CHECKED_STEPS)])
            else:
                run_for(steps, WARM_UP)
                pipe.send(run_for(steps, asked))
        except Exception as error:
            pipe.send(f"{type(error).__name__}: {error}".splitlines()[0])


def run_for(steps: Steps, seconds: float) -> float:
    """Seconds per step, over as many as fit."""
    begun, count = time.perf_counter(), 0
    while True:
        next(steps)
        count += 1
        elapsed = time.perf_counter() - begun
        if elapsed >= seconds:
            return elapsed / count


@dataclass(frozen=True)
class Result:
    """A contestant's seconds per step; `ratio` and `to_floor` are medians of ratios within a round."""

    contestant: str
    seconds: float
    least: float
    greatest: float
    ratio: float
    to_floor: float


@dataclass(frozen=True)
class Race:
    """One setting, all who ran, and why the others could not."""

    setting: Setting
    results: list[Result]
    absent: dict[str, str]
    wrong: dict[str, str]


class Contest:
    """The contestants' processes."""

    def __init__(self, names: Sequence[str], threads: int) -> None:
        self.names = names
        for variable in THREADS:
            os.environ[variable] = str(threads)
        spawn = multiprocessing.get_context("spawn")
        self.pipes: dict[str, Connection] = {}
        for name in names:
            self.pipes[name], theirs = spawn.Pipe()
            spawn.Process(target=work, args=(name, threads, theirs), daemon=True).start()
            theirs.close()

    def __enter__(self) -> Contest:
        return self

    def __exit__(self, *_: object) -> None:
        for pipe in self.pipes.values():
            pipe.close()  # which ends the process

    def ask(self, name: str, what: Setting | float) -> list[float] | float | str:
        """What the contestant's process answers; a str is why it cannot."""
        self.pipes[name].send(what)
        answer: list[float] | float | str = self.pipes[name].recv()
        return answer

    def race(self, setting: Setting, rounds: int) -> Race:
        """Let the contestants take turns on one setting."""
        absent, first = {}, {}
        for name in self.names:
            say(f"{setting}: {name} starts")
            answer = self.ask(name, setting)
            if isinstance(answer, str):
                absent[name] = answer
            else:
                first[name] = np.array(answer)
        seconds: dict[str, list[float]] = {name: [] for name in first}
        for number in range(rounds):
            say(f"{setting}: round {number + 1} of {rounds}")
            for name, times in seconds.items():
                answer = self.ask(name, BLOCK)
                assert isinstance(answer, float), answer
                times.append(answer)

        def ratio(name: str, other: str) -> float:
            return statistics.median(a / b for a, b in zip(seconds[name], seconds[other], strict=True))

        results = [
            Result(
                name, statistics.median(times), min(times), max(times), ratio(name, "numpynet"), ratio(name, "floor")
            )
            for name, times in seconds.items()
        ]
        wrong = {
            name: f"costs {costs.tolist()}, numpynet's are {first['numpynet'].tolist()}"
            for name, costs in first.items()
            if name != "floor" and not np.allclose(costs, first["numpynet"], rtol=TOLERANCE[setting.dtype], atol=0)
        }
        say("")
        return Race(setting, results, absent, wrong)


def report(race: Race) -> list[str]:
    """The lines of one race's table."""
    lines = [str(race.setting)]
    lines.append(f"  {'':24}{'ms a step':>10}{'least':>9}{'greatest':>10}{'to numpynet':>13}{'to floor':>10}")
    lines += [
        f"  {one.contestant:24}{one.seconds * 1e3:10.3f}{one.least * 1e3:9.3f}{one.greatest * 1e3:10.3f}"
        f"{one.ratio:13.2f}{one.to_floor:10.2f}"
        for one in race.results
    ]
    lines += [f"  {name:24}not run: {why}" for name, why in race.absent.items()]
    lines += [f"  {name:24}NOT THE SAME WORK: {why}" for name, why in race.wrong.items()]
    return lines


def draw(path: Path, races: Sequence[Race], growth: Sequence[Race]) -> None:
    """Bars of time relative to numpynet's, a panel a setting; lines of how the time grows."""
    from matplotlib.figure import Figure

    from numpynet.files import write_beside

    panels = len(races) + (2 if growth else 0)
    figure = Figure(figsize=(12, 2.9 * -(-panels // 2)), layout="constrained")
    axes = figure.subplots(-(-panels // 2), 2, squeeze=False).ravel()
    for ax, race in zip(axes, races, strict=False):
        names = [one.contestant for one in race.results][::-1]
        ratios = [one.ratio for one in race.results][::-1]
        colours = ["#D55E00" if name == "numpynet" else "#999999" if name == "floor" else "#0072B2" for name in names]
        bars = ax.barh(names, ratios, color=colours)
        labels = [f"{one.seconds * 1e3:.3g} ms" for one in race.results][::-1]
        ax.bar_label(bars, labels, padding=3, fontsize="small")
        ax.set_title(str(race.setting), fontsize="medium")
        ax.set(xlabel="time of a step, numpynet's = 1", xlim=(0, max(ratios) * 1.18))
    if growth:
        for ax, kind in zip(axes[len(races) :], ("batch", "width"), strict=False):
            chosen = [race for race in growth if (race.setting.layers == NETWORKS["reference"][0]) == (kind == "batch")]
            for name, marker in zip([one.contestant for one in chosen[0].results], "o^sx", strict=False):
                across = [race.setting.batch if kind == "batch" else width(race.setting) for race in chosen]
                up = [next(one.seconds for one in race.results if one.contestant == name) * 1e3 for race in chosen]
                ax.loglog(across, up, marker=marker, label=name)
            what = NETWORKS["reference"][0] if kind == "batch" else "2-w-w-w-1, batch 900"
            ax.set_title(f"{what}, {chosen[0].setting.dtype}, threads: {chosen[0].setting.threads}", fontsize="medium")
            ax.set(xlabel=kind, ylabel="ms a step")
            ax.grid(alpha=0.3)
            ax.legend(fontsize="small")
    for ax in axes[panels:]:
        ax.set_axis_off()
    write_beside(path, lambda file: figure.savefig(file, format=path.suffix[1:].lower(), dpi=150))


def width(setting: Setting) -> int:
    """The width of the hidden layers."""
    return int(setting.layers.split("-")[1])


def say(text: str) -> None:
    """Progress, on a terminal only."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def main() -> int:
    """Run the benchmark and return its exit code."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", choices=[*NETWORKS, "growth"], help="only this part (default: all)")
    parser.add_argument("--dtype", choices=DTYPES, help="only this one (default: both; growth float64)")
    parser.add_argument("--threads", type=int, metavar="N", help=f"only with N (default: 1, then {cores})")
    parser.add_argument("--contestants", metavar="A,B", help=f"only these (default: {', '.join(CONTESTANTS)})")
    parser.add_argument("--rounds", type=int, default=15, metavar="N", help="turns each contestant gets (default 15)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--plot", type=Path, metavar="FILE.svg|png", help="draw the chart")
    options = parser.parse_args()
    names = options.contestants.split(",") if options.contestants else list(CONTESTANTS)
    if options.rounds < 1 or (options.threads is not None and options.threads < 1):
        parser.error("--threads and --rounds are at least 1")
    if unknown := [name for name in names if name not in CONTESTANTS]:
        parser.error(f"--contestants: unknown {', '.join(unknown)}; choose from {', '.join(CONTESTANTS)}")
    if options.plot and (options.plot.suffix.lower() not in (".svg", ".png") or not options.plot.parent.is_dir()):
        parser.error(f"--plot {options.plot}: expected a name that ends in .svg or .png, in a folder that exists")
    names = list(dict.fromkeys(["numpynet", *names, "floor"]))  # what the ratios are to
    dtypes = (options.dtype,) if options.dtype else DTYPES
    chosen = [NETWORKS[name] for name in NETWORKS if options.network in (None, name)]
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)

    def run(contest: Contest, settings: Sequence[Setting], rounds: int) -> Iterator[Race]:
        for setting in settings:
            race = contest.race(setting, rounds)
            if not options.json:
                print("\n".join(report(race)), flush=True)
            yield race

    races: list[Race] = []
    growth: list[Race] = []
    for threads in [options.threads] if options.threads else sorted({1, cores}):
        settings = [Setting(*network, dtype, threads) for network in chosen for dtype in dtypes]
        if settings:
            with Contest(names, threads) as contest:
                races += run(contest, settings, options.rounds)
    if options.network in (None, "growth"):
        threads, dtype = options.threads or 1, dtypes[0]
        settings = [Setting(NETWORKS["reference"][0], batch, dtype, threads) for batch in BATCHES]
        settings += [Setting(f"2-{w}-{w}-{w}-1", 900, dtype, threads) for w in WIDTHS]
        with Contest([name for name in names if name in GROWING], threads) as contest:
            growth += run(contest, settings, max(1, options.rounds // 3))
    versions = {"python": platform.python_version()}
    versions |= {name: metadata.version(name) for name in ("numpy", "torch", "scikit-learn")}
    if options.json:
        result = {"cores": cores, "versions": versions, "races": races, "growth": growth}
        print(json.dumps(result, default=asdict))
    else:
        print(f"{cores} cores, " + ", ".join(f"{name} {version}" for name, version in versions.items()))
    if options.plot:
        draw(options.plot, races, growth)
    return 1 if any(race.wrong for race in [*races, *growth]) else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        sys.exit(130)
