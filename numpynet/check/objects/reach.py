"""Which of a file's functions a function calls, or a class uses, by their names in its lines."""

from __future__ import annotations

import re

from numpynet.check.objects.thing import Thing
from numpynet.sandbox import Definition, Session


def reached(thing: Thing, entry: Definition) -> list[Definition]:
    """The function and all that it calls, each once: methods of the object and of the objects in it, free functions."""
    session, callable_ = thing.session, _callable(thing)
    found: dict[str, Definition] = {}
    queue = [entry]
    while queue:
        one = queue.pop(0)
        if one.theirs in found:
            continue
        found[one.theirs] = one
        words = set(re.findall(r"(?<!def )\b(\w+)\s*\(", session.source_of(one.theirs) or ""))
        queue += [other for other in callable_ if other.name in words]
    return list(found.values())


def _callable(thing: Thing) -> list[Definition]:
    """All that the object's methods may call, without what another class's method of the name hides."""
    bases, functions = thing.session.bases(), thing.session.loaded.functions
    found = {one.theirs: one for one in functions.values() if not one.owner}
    start = "".join(thing.session.source_of(f"{base}.__init__") or "" for base in thing.bases)
    made = [one for one in thing.session.loaded.classes if re.search(rf"\b{re.escape(one)}\(", start)]
    for owner in {thing.owner, *made, *thing.session.inside(thing.ref).objects.values()}:
        nearest: dict[str, Definition] = {}
        for base in bases.get(owner, [owner]):
            for one in functions.values():
                if one.owner == base and not one.unfinished:
                    nearest.setdefault(one.name, one)
        found |= {one.theirs: one for one in nearest.values() if one.name != "__init__"}
    return list(found.values())


def used_by(session: Session, owner: str, *, direct: bool = False) -> set[str]:
    """All that the methods of a class use, or what they use in their own lines: `direct`."""
    functions, bases = session.loaded.functions, session.bases().get(owner, [owner])
    queue, found = [one for one in functions.values() if one.owner in bases], set[str]()
    own = {one.theirs for one in queue}
    while queue:
        one = queue.pop()
        if one.theirs in found:
            continue
        found.add(one.theirs)
        text = session.source_of(one.theirs) or "" if not direct or one.theirs in own else ""
        words, others = set(re.findall(r"\w+", text)), set(re.findall(r"(?<!self)(?<!super\(\))\.(\w+)\s*\(", text))
        mine = set(re.findall(r"\bself\.(\w+)", text))
        queue += [
            each for each in functions.values()
            if each.name in (others if each.owner else words) or (each.owner in bases and each.name in mine)
        ]  # fmt: skip
    return found


def is_named(session: Session, theirs: str) -> bool:
    """Whether a function of the file names this one in its lines; else it may be handed over in a table."""
    name = re.compile(rf"\b{re.escape(session.loaded.functions[theirs].name)}\b")
    others = (one.theirs for one in session.loaded.functions.values() if one.theirs != theirs)
    return any(name.search(session.source_of(one) or "") for one in others)
