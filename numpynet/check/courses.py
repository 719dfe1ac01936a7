"""What a file reads like: whose functions it has. A course is a row of the table."""

from __future__ import annotations

from dataclasses import dataclass

from numpynet.check.contract import CONTRACT
from numpynet.check.reader import Reader

STEP = ("full_forward_propagation", "get_cost_value", "full_backward_propagation", "update")


@dataclass(frozen=True)
class Course:
    """Its functions by the tutorial's names, in order; those without which there is no training step.

    `told_by`: roles of arguments that only its functions have, each as (function, role).
    """

    name: str
    functions: tuple[str, ...]
    needed: tuple[str, ...] = STEP
    told_by: tuple[tuple[str, str], ...] = ()


LAB = Course("the lab's functions", tuple(CONTRACT))
PARTS = Course("parts of a network, in words of no known course", STEP)
ITS_OWN_NAMES = {name for name in CONTRACT if "_" in name and not name.endswith("_backward")}  # of the lab alone
ENOUGH = 3  # of its functions, whatever they are called
COURSES = (
    Course(
        "layers in rows, each with a cache",
        ("relu", "relu_backward", "linear_forward", "linear_backward"),
        ("linear_forward", "linear_backward"),
        (("linear_backward", "cache"),),
    ),
    Course(
        "the deep network whose layers keep caches",
        ("init_layers", "sigmoid", "relu", "sigmoid_backward", "relu_backward", "linear_forward",
         "single_layer_forward_propagation", "full_forward_propagation", "get_cost_value", "linear_backward",
         "single_layer_backward_propagation", "full_backward_propagation", "update"),
        told_by=(("single_layer_backward_propagation", "cache"),),
    ),
    Course(
        "a network whose layers are written out",
        ("init_layers", "sigmoid", "full_forward_propagation", "get_cost_value", "full_backward_propagation", "update"),
        needed=("full_forward_propagation", "full_backward_propagation", "update"),
        told_by=(("full_backward_propagation", "X"),),
    ),
)  # fmt: skip


def course_of(reader: Reader) -> Course:
    """The course whose ways of calling its functions the file has; else the lab's, where it has some of these."""
    has = {(name, role) for name, roles in reader.roles.items() for role in roles or ()}
    for course in COURSES[::-1]:
        if has & set(course.told_by) and set(course.needed) & set(reader.functions):
            if course is COURSES[0] and "full_forward_propagation" in reader.functions:
                continue
            return course
    found = {name: one for name, one in reader.functions.items() if name in LAB.functions}
    named_so = any(one.name == name for name, one in found.items() if name in ITS_OWN_NAMES)
    return LAB if named_so or len(found) >= ENOUGH else PARTS
