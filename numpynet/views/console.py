"""What is printed: nothing that somebody else wrote reaches a terminal raw."""

from __future__ import annotations

from typing import Any

import click
from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderableType, RenderHook, RenderResult
from rich.segment import Segment

from numpynet.printable import printable


class Printable:
    """A renderable whose text is made printable, whatever it is put together from."""

    def __init__(self, renderable: RenderableType) -> None:
        self.renderable = renderable

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The renderable's segments, cleaned."""
        for segment in console.render(self.renderable, options):
            yield segment if segment.control else Segment(printable(segment.text, keep="\n"), segment.style)


class PrintableHook(RenderHook):
    """Wraps all that a console is asked to print."""

    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        """Called by rich, of every `print`."""
        return [Printable(renderable) for renderable in renderables]


def make_console(**options: Any) -> Console:
    """A rich console that prints nothing raw."""
    console = Console(**options)
    console.push_render_hook(PrintableHook())
    return console


def echo(text: str) -> None:
    """Print the text, line by line, with nothing raw in it."""
    click.echo(printable(text, keep="\n"))
