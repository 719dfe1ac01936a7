"""Somebody's file, loaded by its syntax tree: definitions, imports and constants run, its other work does not.

Runs in the sandboxed child only.
"""

from __future__ import annotations

import ast
import builtins
import importlib
import re
import signal
import sys
import types
import warnings
from collections.abc import Callable, Iterator
from typing import Any, ClassVar, NamedTuple

from .source import LoadingError, Source, decoded, notebook, read_statements

globals()["__builtins__"] = dict(vars(builtins))  # the functions below keep theirs, whatever a file does to its own


def words(text: str) -> frozenset[str]:
    """The words of the text."""
    return frozenset(text.split())


PARTS = 7  # how many statements that are not run are named one by one
NUMPY_CALLS = words(
    "array asarray asanyarray zeros ones empty full eye identity arange linspace logspace zeros_like ones_like "
    "full_like float16 float32 float64 longdouble int8 int16 int32 int64 uint8 bool_ finfo iinfo dtype sqrt log "
    "exp abs maximum minimum vectorize random.seed random.RandomState random.default_rng random.rand "
    "random.randn random.randint random.normal random.uniform set_printoptions seterr"
)
PLAIN_CALLS = words(
    "dict list tuple set frozenset range len float int str bool min max sum abs zip enumerate sorted reversed "
    "round slice namedtuple collections.namedtuple dataclass dataclasses.dataclass field dataclasses.field "
    "NamedTuple typing.NamedTuple "
    "partial functools.partial OrderedDict collections.OrderedDict defaultdict collections.defaultdict TypeVar "
    "typing.TypeVar NewType typing.NewType Enum enum.Enum staticmethod classmethod random.seed random.Random "
    "SimpleNamespace"
)
QUIET_CALLS = frozenset(
    (
        "np.random.seed",
        "numpy.random.seed",
        "random.seed",
        "np.set_printoptions",
        "np.seterr",
        "warnings.filterwarnings",
        "numpy.set_printoptions",
        "numpy.seterr",
    )
)
FORBIDDEN_NODES = (ast.NamedExpr, ast.Await, ast.Yield, ast.YieldFrom)
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
IMPORTS = (ast.Import, ast.ImportFrom)
ASSIGNMENTS = (ast.Assign, ast.AnnAssign, ast.AugAssign)


class Definition(NamedTuple):
    """A function of the file: where it is, and how it is called."""

    name: str
    owner: str  # its class, or ""
    kind: str  # "function", "method", "static", "class"
    line: int
    parameters: tuple[str, ...]
    required: int
    unfinished: bool
    compared: tuple[str, ...] = ()  # the texts that its body compares something with
    end: int = 0  # its last line

    @property
    def theirs(self) -> str:
        """The name with its class: `relu`, `Network.relu`."""
        return f"{self.owner}.{self.name}" if self.owner else self.name


class TooLong(BaseException):
    """A statement at the top level that does not end."""


class StandIn:
    """In the place of what is not here: its attributes, calls and items are stand-ins; decorating changes nothing."""

    __array_ufunc__ = None  # an array plus a stand-in is a stand-in
    used: ClassVar[dict[str, None]] = {}  # those that were called or reckoned with

    def __init__(self, name: str = "stand-in", *_: Any, **__: Any) -> None:
        self.__name__ = self.__qualname__ = str(name)

    def __getattr__(self, name: str) -> StandIn:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return StandIn(f"{self.__name__}.{name}")

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Itself again; what is to be decorated, undecorated."""
        self.used[self.__name__] = None
        if len(arguments) == 1 and not named and isinstance(arguments[0], (types.FunctionType, type)):
            return arguments[0]
        progress = self.__name__.rpartition(".")[2]
        if arguments and progress in ("tqdm", "trange"):  # a loop must not vanish with its progress bar
            return range(*arguments) if progress == "trange" else arguments[0]
        return StandIn(f"{self.__name__}()")

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        return ()

    def __getitem__(self, key: Any) -> StandIn:
        return StandIn(f"{self.__name__}[]")

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __bool__(self) -> bool:
        return False

    def __enter__(self) -> StandIn:
        return self

    def __exit__(self, *_: Any) -> None:
        return None

    def __setitem__(self, key: Any, value: Any) -> None:
        return None


def _again(self: StandIn, *_: Any) -> StandIn:
    self.used[self.__name__] = None
    return StandIn(self.__name__)


for _name in words(
    "add radd sub rsub mul rmul truediv rtruediv matmul rmatmul pow rpow neg lt le gt ge or ror and rand"
):
    setattr(StandIn, f"__{_name}__", _again)


def described(error: BaseException) -> str:
    """`ValueError: ...` on one line, whatever the exception does when it is asked for its text."""
    try:
        text = str(error)
    except BaseException:
        text = "(its text cannot be had)"
    kind = type.__dict__["__name__"].__get__(type(error))
    text = " ".join(text[:2000].split())
    return f"{kind}: {text[:300]}"[:400] if text else kind[:80]


class Loading:
    """One file on its way in: `run_all` fills `namespace`, `notes`, `left`, `inventory`, `classes` and `torch`.

    `available` may be imported, None: all that is installed; then every statement runs, with no limit on its time.
    `assigns`: every assignment runs, whatever work that is.
    """

    def __init__(
        self,
        source: Source,
        name: str,
        available: frozenset[str] | None,
        seconds: float | None,
        at: Callable[[int], None],
        assigns: bool = False,
    ) -> None:
        self.source, self.name, self.available, self.seconds, self.at = source, name, available, seconds, at
        self.assigns = assigns
        self.notes: list[str] = []
        self.unparsed: list[str] = []  # where it does not parse, and why
        self.torch: list[str] = []  # the modules of torch's that it defines
        self.left: list[tuple[int, str]] = []
        self.missing: dict[str, None] = {}
        self.starred: list[str] = []  # of what is missing, that of which all names were imported
        self.rebound: dict[str, str] = {}  # functions that a statement which is not run defines again, and where
        self.inventory: dict[str, Definition] = {}
        self.classes: list[str] = []
        self.read: set[str] = set()  # the names that functions and classes read
        self.strict = False
        self.flags = 0
        self.module = types.ModuleType(re.sub(r"\W", "_", name.rpartition(".")[0]) or "implementation")
        if self.module.__name__ in sys.modules or self.module.__name__ in sys.stdlib_module_names:
            self.module.__name__ = "implementation"
        self.namespace = self.module.__dict__
        self.namespace["__builtins__"] = {**vars(builtins), "__import__": self.make_import()}
        sys.modules[self.module.__name__] = self.module  # dataclasses look their module up here

    def make_import(self) -> Callable[..., Any]:
        """`__import__` for the file: a stand-in for what is neither the standard library nor NumPy nor SciPy."""
        real = builtins.__import__

        def importer(name: str, scope: Any = None, local: Any = None, wanted: Any = (), level: int = 0) -> Any:
            root = "." * level + name.partition(".")[0]
            if self.available is None or root in self.available:
                try:
                    return real(name, scope, local, wanted, 0)
                except ImportError:
                    if self.strict:
                        raise
                    root = name
            elif self.strict:
                raise ModuleNotFoundError(f"No module named {root!r}")
            self.missing[root] = None
            if wanted and "*" in wanted:
                self.starred.append(root)
            return StandIn(root)

        return importer

    def place(self, node: ast.AST) -> str:
        """Where the node is, in words."""
        return self.source.place(getattr(node, "lineno", 1))

    def skip(self, node: ast.stmt, why: str) -> None:
        """Remember what is not run, and say so; of a trusted file it is run."""
        if self.available is None and not (isinstance(node, ast.If) and asks_for_main(node.test)):
            self.run_trusted(node)
            return
        self.left.append((getattr(node, "lineno", 1), f"{self.place(node)}: {why}"))
        if not (isinstance(node, ast.If) and asks_for_main(node.test)):
            for name in names_given_again(node) & set(self.inventory):
                self.rebound[name] = self.place(node)

    def run_trusted(self, node: ast.stmt) -> None:
        """Run what of another file would be left out, and take in the functions that it defines."""
        wrong = self.run(node)
        if wrong is not None:
            raise LoadingError(f"{self.place(node)}: {wrong}")
        for inner in ast.walk(node):
            if isinstance(inner, ast.FunctionDef) and isinstance(
                self.namespace.get(inner.name), types.FunctionType
            ):  # one inside a class or a function has no name here
                self.inventory[inner.name] = definition(inner, "")

    def run(self, node: ast.stmt) -> str | None:
        """Run one statement, under a time limit: None, or what went wrong."""
        self.at(node.lineno)
        try:
            try:
                tree = ast.fix_missing_locations(ast.Module([node], []))
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    code = compile(tree, self.name, "exec", self.flags, dont_inherit=True)
                if self.seconds is not None:
                    signal.signal(signal.SIGALRM, too_long)
                    signal.setitimer(signal.ITIMER_REAL, self.seconds, 0.2)  # again, where the file catches the first
                exec(code, self.namespace)
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
        except TooLong:
            signal.setitimer(signal.ITIMER_REAL, 0)
            return f"it did not end within {self.seconds:g} s"
        except BaseException as error:
            return described(error)
        return None

    def run_all(self, statements: list[ast.stmt]) -> None:
        """Run what is kept of the file."""
        loaded = {node.id for tree in statements for node in ast.walk(tree) if isinstance(node, ast.Name)}
        bound = set(bound_names(statements))
        for alias in ("np", "numpy"):
            if alias in loaded and alias not in bound:
                self.supply_numpy(alias)
        functions = [node for tree in statements for node in ast.walk(tree) if isinstance(node, DEFINITIONS)]
        self.read = {
            node.id
            for function in functions
            for node in ast.walk(function)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
        }
        for node in statements:
            self.take(node)
            self.torch += self.torch_modules(node)
        for alias in ("np", "numpy"):
            if alias in loaded and alias not in self.namespace:
                self.supply_numpy(alias)
        for theirs in list(self.inventory):
            held = self.resolve(theirs)
            if not callable(held) or type(held) is StandIn:
                del self.inventory[theirs]
        for root in self.missing:
            self.notes.append(f"{root} is not here: an empty stand-in took its place")

    def torch_modules(self, node: ast.stmt) -> Iterator[str]:
        """The names to which the statement gives a module of torch's, or a class of them."""
        if isinstance(node, ast.ClassDef) and any(map(self.is_of_torch, node.bases)):
            yield node.name
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and self.is_of_torch(node.value.func):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))

    def is_of_torch(self, tree: ast.expr) -> bool:
        """Whether it is `nn.Module`, `nn.Sequential`, or one of the file's own classes of modules."""
        root, _, rest = dotted(tree).partition(".")
        held = self.namespace.get(root)
        name = held.__name__ if isinstance(held, (StandIn, types.ModuleType)) else ""
        whole = f"{name}.{rest}" if rest else name
        return root in self.torch or (whole.startswith("torch.") and whole.endswith((".Module", ".Sequential")))

    def supply_numpy(self, alias: str) -> None:
        """NumPy under the name by which the file calls it."""
        self.namespace[alias] = importlib.import_module("numpy")
        self.notes.append(f"numpy is never imported as {alias}: it was supplied")

    def resolve(self, theirs: str) -> Any:
        """What the file calls by this name, or None."""
        owner, _, name = theirs.rpartition(".")
        if not owner:
            return self.namespace.get(name)
        try:
            return getattr(self.namespace.get(owner), name, None)
        except Exception:  # a metaclass of the file's own
            return None

    def take(self, node: ast.stmt, inner: bool = False) -> None:
        """Run the statement if it is an import, a definition or a constant; else say that it is not run."""
        if isinstance(node, IMPORTS):
            self.take_import(node)
        elif isinstance(node, ast.ClassDef):
            self.take_class(node)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            self.take_function(node)
        elif isinstance(node, ASSIGNMENTS):
            self.take_assignment(node)
        elif isinstance(node, (ast.Try, ast.TryStar)):
            self.take_try(node)
        elif isinstance(node, ast.If) and not asks_for_main(node.test):
            kept = [child for child in (*node.body, *node.orelse) if isinstance(child, (*IMPORTS, *DEFINITIONS))]
            kept = [child for child in kept if not own_names(child) <= set(self.namespace)]
            self.skip(node, "an if block is not run" + (", but what it alone defines or imports is" if kept else ""))
            for child in kept:
                if not own_names(child) <= set(self.namespace):
                    self.take(child)
        elif isinstance(node, ast.Expr):
            quiet = isinstance(node.value, (ast.Constant, ast.Name, ast.Attribute))
            if not quiet and not (isinstance(node.value, ast.Call) and dotted(node.value.func) in QUIET_CALLS):
                self.skip(node, f"{shown(node.value)} is not run")
        elif not isinstance(node, (ast.Pass, ast.Global)):
            self.skip(node, f"{KINDS.get(type(node), 'a statement')} is not run")

    def take_import(self, node: ast.Import | ast.ImportFrom) -> None:
        """Import it; name by name, with stand-ins, where it fails."""
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            return
        wrong = self.run(node)
        if wrong is None:
            return
        for alias in node.names:
            single = ast.copy_location(
                ast.Import([alias])
                if isinstance(node, ast.Import)
                else ast.ImportFrom(node.module, [alias], node.level),
                node,
            )
            wrong = self.run(single)
            if wrong is not None:
                name = alias.asname or alias.name.partition(".")[0]
                if name != "*":
                    self.namespace[name] = StandIn(alias.name)
                self.notes.append(
                    f"{self.place(node)}: {alias.name} cannot be imported ({wrong}): a stand-in took its place"
                )

    def take_try(self, node: ast.Try | ast.TryStar) -> None:
        """`try: import a` / `except ImportError: import b`: the first that is really here; else a stand-in for `a`."""
        wanted = [child for child in node.body if isinstance(child, IMPORTS)]
        plan_b = [
            child for handler in node.handlers for child in handler.body if isinstance(child, (*IMPORTS, *ASSIGNMENTS))
        ]
        rest = [child for child in (*node.body, *node.orelse, *node.finalbody) if isinstance(child, DEFINITIONS)]
        if not wanted and not rest:
            self.skip(node, "a try block is not run")
            return
        self.strict = bool(plan_b)
        try:
            failed = any(self.run(child) is not None for child in wanted)
        finally:
            self.strict = False
        if failed:
            for child in plan_b:
                self.take(child)
        for child in wanted:
            if not own_names(child) <= set(self.namespace):
                self.take(child)
        for inner in rest:
            self.take(inner)

    def take_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        """Define it; where its decorators or its defaults fail, without them."""
        wrong = self.run(node)
        if wrong is not None:
            why = wrong
            node.decorator_list = []
            wrong = self.run(node)
            if wrong is not None:
                blank = ast.Constant(None)
                node.args.defaults = [keep if isinstance(keep, ast.Constant) else blank for keep in node.args.defaults]
                node.args.kw_defaults = [
                    keep if keep is None or isinstance(keep, ast.Constant) else blank for keep in node.args.kw_defaults
                ]
                wrong = self.run(node)
            fate = "its decorators and defaults are left out" if wrong is None else "it is left out"
            self.notes.append(f"{self.place(node)}: def {node.name}: {why}: {fate}")
        if wrong is None:
            self.inventory[node.name] = definition(node, "")
            self.rebound.pop(node.name, None)

    def take_class(self, node: ast.ClassDef) -> None:
        """Define it without the other work in its body."""
        body = []
        for child in node.body:
            fine = isinstance(child, (*IMPORTS, *DEFINITIONS, ast.Pass)) or (
                isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
            )
            if fine or (isinstance(child, ASSIGNMENTS) and (child.value is None or self.plain(child.value))):
                body.append(child)
            else:
                self.skip(child, f"{what(child)} is not run")
        node.body = body or [ast.copy_location(ast.Pass(), node)]
        wrong = self.run(node)
        if wrong is not None:
            why = wrong
            node.decorator_list, node.keywords = [], []
            node.body = [child for child in body if isinstance(child, DEFINITIONS)] or [
                ast.copy_location(ast.Pass(), node)
            ]
            wrong = self.run(node)
            fate = "only its methods are kept" if wrong is None else "it is left out"
            self.notes.append(f"{self.place(node)}: class {node.name}: {why}: {fate}")
        if wrong is None:
            if node.name not in self.classes:
                self.classes.append(node.name)
            for child in node.body:
                if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    decorators = {dotted(decorator) for decorator in child.decorator_list}
                    if not any("property" in name or name.endswith((".setter", ".getter")) for name in decorators):
                        found = definition(child, node.name)
                        self.inventory[found.theirs] = found
                elif isinstance(child, ast.Assign) and isinstance(child.value, ast.Lambda):
                    for target in child.targets:
                        if isinstance(target, ast.Name):
                            found = definition(child.value, node.name, target.id)
                            self.inventory[found.theirs] = found

    def take_assignment(self, node: ast.Assign | ast.AnnAssign | ast.AugAssign) -> None:
        """Run it where its right side only builds something."""
        if node.value is None:
            return
        if not self.assigns and not self.plain(node.value) and not self.needed(node):
            self.skip(node, f"{what(node)} is not run")
            return
        wrong = self.run(node)
        if wrong is not None:
            self.skip(node, f"{what(node)} is not run ({wrong})")
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    self.name_function(target.id, node.value, node.lineno)

    def needed(self, node: ast.Assign | ast.AnnAssign | ast.AugAssign) -> bool:
        """Whether a function reads the name, and none of the file's own work is done for it: `logger = getLogger()`."""
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if node.value is None or not {one.id for one in targets if isinstance(one, ast.Name)} & self.read:
            return False
        called = [dotted(call.func).partition(".")[0] for call in calls_outside_lambdas(node.value)]
        return all(isinstance(self.namespace.get(root), types.ModuleType) for root in called)

    def name_function(self, name: str, value: ast.expr, line: int) -> None:
        """`relu = lambda Z: ...`, `relu = ReLU`, `relu = Activations.relu`, `relu = scipy.special.relu`."""
        self.inventory.pop(name, None)
        if isinstance(value, ast.Lambda):
            self.inventory[name] = definition(value, "", name)
        elif isinstance(value, (ast.Name, ast.Attribute)):
            known = self.inventory.get(dotted(value))
            if known is not None and known.kind != "method":
                self.inventory[name] = known._replace(name=name, owner="", kind="function", line=line, end=line)
            elif callable(self.namespace[name]) and not isinstance(self.namespace[name], (type, StandIn)):
                self.inventory[name] = Definition(name, "", "function", line, ("x",), 1, False)

    def plain(self, tree: ast.expr) -> bool:
        """Whether the expression is made of literals, names, arithmetic and calls that only build something."""
        for node in ast.walk(tree):
            if isinstance(node, FORBIDDEN_NODES):
                return False
            if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Pow, ast.LShift)):
                right = node.right
                if isinstance(right, ast.UnaryOp):
                    right = right.operand
                if not (
                    isinstance(right, ast.Constant) and isinstance(right.value, (int, float)) and right.value <= 64
                ):
                    return False
        return all(self.plain_call(node) for node in calls_outside_lambdas(tree))

    def plain_call(self, node: ast.Call) -> bool:
        """Whether the call only builds something: an array, a container, an object of the file's own classes."""
        name = dotted(node.func)
        if name in PLAIN_CALLS:
            return True
        root, _, rest = name.partition(".")
        held = self.namespace.get(root)
        if rest and isinstance(held, types.ModuleType):
            if held.__name__ == "numpy":
                return rest in NUMPY_CALLS
            return held.__name__ == "numpy.random" and f"random.{rest}" in NUMPY_CALLS
        if root in self.classes and not rest:
            return True
        if not rest and getattr(held, "__module__", "") == "numpy" and root in NUMPY_CALLS:
            return True
        return isinstance(node.func, ast.Attribute) and node.func.attr in METHODS


METHODS = words("reshape astype copy split format strip items keys values flatten ravel transpose lower upper")
KINDS: dict[type, str] = {
    ast.For: "a for loop",
    ast.AsyncFor: "a for loop",
    ast.While: "a while loop",
    ast.With: "a with block",
    ast.AsyncWith: "a with block",
    ast.If: "if __name__ == ...",
    ast.Assert: "an assert",
    ast.Delete: "a del",
    ast.Raise: "a raise",
    ast.Match: "a match block",
    ast.Try: "a try block",
}


def too_long(*_: Any) -> None:
    """The alarm of `Loading.run`."""
    raise TooLong


def calls_outside_lambdas(tree: ast.AST) -> Iterator[ast.Call]:
    """The calls that run when the expression does; what a lambda calls runs later, if at all."""
    if isinstance(tree, ast.Lambda):
        for default in (*tree.args.defaults, *[value for value in tree.args.kw_defaults if value]):
            yield from calls_outside_lambdas(default)
        return
    if isinstance(tree, ast.Call):
        yield tree
    for child in ast.iter_child_nodes(tree):
        yield from calls_outside_lambdas(child)


def asks_for_main(test: ast.expr) -> bool:
    """`__name__ == "__main__"`, however it is written."""
    return any(isinstance(node, ast.Name) and node.id == "__name__" for node in ast.walk(test))


def bound_names(statements: list[ast.stmt]) -> Iterator[str]:
    """The names that imports, assignments, definitions and parameters bind anywhere in the statements."""
    for tree in statements:
        for node in ast.walk(tree):
            if isinstance(node, ast.alias):
                yield node.asname or node.name.partition(".")[0]
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                yield node.id
            elif isinstance(node, DEFINITIONS):
                yield node.name
            elif isinstance(node, ast.arg):
                yield node.arg


def own_names(node: ast.stmt) -> set[str]:
    """The names that an import or a definition binds around it."""
    if isinstance(node, DEFINITIONS):
        return {node.name}
    return {alias.asname or alias.name.partition(".")[0] for alias in getattr(node, "names", ())}


def names_given_again(node: ast.AST) -> set[str]:
    """The names that a statement defines, or gives to what it makes of themselves: `relu = timed(relu)`."""
    names = {part.name for part in ast.walk(node) if isinstance(part, DEFINITIONS)}
    for part in ast.walk(node):
        if isinstance(part, ast.Assign) and isinstance(part.value, ast.Call):
            handed = {one.id for one in part.value.args if isinstance(one, ast.Name)}
            names |= {target.id for target in part.targets if isinstance(target, ast.Name) and target.id in handed}
    return names


def dotted(node: ast.AST) -> str:
    """`np.random.seed` of the tree, or what stands before a call."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    if isinstance(node, ast.Call):
        return dotted(node.func)
    return f"{dotted(node.value)}[...]" if isinstance(node, ast.Subscript) else ""


def shown(node: ast.AST) -> str:
    """A short name for the expression: `train(...)`."""
    if isinstance(node, ast.Call):
        return f"{dotted(node.func) or 'a call'}(...)"[:80]
    try:
        text = " ".join(ast.unparse(node).split())
    except (RecursionError, ValueError):
        return "an expression"
    if isinstance(node, ast.Tuple):
        text = text.removeprefix("(").removesuffix(")")
    return text if len(text) <= 50 else text[:47] + "..."


def what(node: ast.stmt) -> str:
    """A short name for the statement: `X, y = make_moons(...)`."""
    if isinstance(node, ast.Assign):
        return f"{' = '.join(shown(target) for target in node.targets)} = {shown(node.value)}"
    if isinstance(node, (ast.AnnAssign, ast.AugAssign)) and node.value is not None:
        return f"{shown(node.target)} = {shown(node.value)}"
    if isinstance(node, ast.Expr):
        return shown(node.value)
    return KINDS.get(type(node), "a statement")


def definition(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, owner: str, name: str = "") -> Definition:
    """The entry of a function, a method or a lambda."""
    names = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
    required = len(names) - len(node.args.defaults)
    kind = "function"
    unfinished = False
    if isinstance(node, ast.Lambda):
        unfinished = isinstance(node.body, ast.Constant) and node.body.value in (None, ...)
        kind = "static" if owner else kind
    else:
        name = node.name
        unfinished = all(map(says_nothing, node.body))
        decorators = {dotted(decorator) for decorator in node.decorator_list}
        if owner:
            kind = "static" if "staticmethod" in decorators else "class" if "classmethod" in decorators else "static"
            if kind == "static" and "staticmethod" not in decorators and names[:1] and names[0] in SELF:
                kind = "method"
    if kind in ("method", "class") and names:
        names, required = names[1:], max(0, required - 1)
    compared = {
        constant.value
        for part in ast.walk(node)
        if isinstance(part, (ast.Compare, ast.MatchValue))
        for constant in ast.walk(part)
        if isinstance(constant, ast.Constant) and isinstance(constant.value, str) and len(constant.value) < 40
    }
    names_compared = tuple(sorted(compared)[:20])
    end = node.end_lineno or node.lineno
    return Definition(name, owner, kind, node.lineno, tuple(names), max(0, required), unfinished, names_compared, end)


SELF = words("self this _self s me cls")


def says_nothing(node: ast.stmt) -> bool:
    """A docstring, pass, `...`, return None, raise NotImplementedError, or return one."""
    if isinstance(node, ast.Raise):
        return node.exc is not None and dotted(node.exc).endswith("NotImplementedError")
    if isinstance(node, ast.Return):
        is_error = node.value is not None and dotted(node.value).endswith("NotImplementedError")
        return (
            node.value is None or is_error or (isinstance(node.value, ast.Constant) and node.value.value in (None, ...))
        )
    return isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def grouped(left: list[tuple[int, str]], source: Source) -> list[str]:
    """The sentences of what is not run: the first few, and how many more."""
    sentences = list(dict.fromkeys(sentence for _, sentence in sorted(left, key=lambda item: item[0])))
    if len(sentences) <= PARTS + 1:
        return sentences
    last = max(line for line, _ in left)
    return [*sentences[:PARTS], f"{len(sentences) - PARTS} more statements, up to {source.place(last)}, are not run"]


def load(
    data: bytes,
    name: str,
    available: frozenset[str] | None,
    seconds: float | None,
    at: Callable[[int], None],
    assigns: bool = False,
) -> Loading:
    """The file, loaded; LoadingError where there is nothing in it."""
    notes: list[str] = []
    text = decoded(data, notes)
    source = notebook(text) if name.endswith(".ipynb") else Source(text, ())
    if not source.text.strip():
        raise LoadingError("the file is empty")
    loading = Loading(source, name, available, seconds, at, assigns)
    loading.notes = notes
    statements, loading.flags = read_statements(source, loading.unparsed)
    loading.run_all(statements)
    if not (loading.inventory or loading.classes or loading.torch):
        raise LoadingError(why_empty(loading))
    return loading


def why_empty(loading: Loading) -> str:
    """Of a file without definitions: why there is none."""
    if not loading.unparsed:
        return "it defines no function and no class: there is nothing to check"
    is_python = loading.name.endswith((".py", ".ipynb"))
    return loading.unparsed[0] if is_python else f"it is no Python: {loading.unparsed[0]}"
