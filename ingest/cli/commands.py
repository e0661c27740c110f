"""What all commands share: ``-v`` and ``-q``, an example in each help, groups in the list of them.

Help is Typer's plain one, not Rich's: it is there in a tenth of a second, and looks the same in a
terminal, a pipe and a log.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from ingest.cli.help_texts import EXAMPLES, GROUPS
from ingest.cli.loudness import Loudness, set_loudness

__all__ = ["Commands", "ExampleGroup", "Quiet", "Verbose", "take_loudness"]

Verbose = Annotated[
    bool, typer.Option("--verbose", "-v", help="Say on stderr what is done, step by step.")
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="No progress and no remarks; errors are still told.")
]
#: Characters of a command's summary in a list; longer ones are broken into lines, not cut.
_LONGEST_SUMMARY = 300


def take_loudness(*, verbose: bool, quiet: bool) -> None:
    """Follow ``-v`` or ``-q``; neither leaves it as it is.

    Raises:
        typer.BadParameter: both were given.
    """
    if verbose and quiet:
        raise typer.BadParameter("-v asks for more and -q for less; give one of them")
    if verbose or quiet:
        set_loudness(Loudness.VERBOSE if verbose else Loudness.QUIET)


class Commands(typer.Typer):
    """Commands that take ``-v`` and ``-q``, and whose help ends with an example."""

    def __init__(self, **options: Any) -> None:
        """``options`` are those of ``typer.Typer``."""
        super().__init__(**{"cls": ExampleGroup, **options})

    def command(  # type: ignore[override]  # the options are Typer's, whichever those are
        self, name: str | None = None, **options: Any
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Register a function as a command; ``options`` are those of ``typer.Typer.command``."""
        register = super().command(name, **{"cls": _ExampleCommand, **options})

        def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
            register(_with_loudness(function))
            return function

        return decorate


def _with_loudness(function: Callable[..., Any]) -> Callable[..., Any]:
    """``function`` with the two options; it need not know of them."""

    @functools.wraps(function)
    def command(*, verbose: bool, quiet: bool, **arguments: Any) -> Any:
        take_loudness(verbose=verbose, quiet=quiet)
        return function(**arguments)

    signature = inspect.signature(function, eval_str=True)
    keyword = inspect.Parameter.KEYWORD_ONLY
    added = [
        inspect.Parameter("verbose", keyword, default=False, annotation=Verbose),
        inspect.Parameter("quiet", keyword, default=False, annotation=Quiet),
    ]
    parameters = [*signature.parameters.values(), *added]
    # Typer reads this instead of the signature that functools.wraps makes known.
    command.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    return command


# Any: Typer has its own copy of Click's context and formatter, in a private module.


def _write_examples(context: Any, formatter: Any) -> None:
    path = " ".join(context.command_path.split(" ")[1:])
    examples = EXAMPLES.get(path, ())
    if examples:
        with formatter.section("Example" if len(examples) == 1 else "Examples"):
            for example in examples:
                formatter.write(f"{'':{formatter.current_indent}}{example}\n")


class _ExampleCommand(TyperCommand):
    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        _write_examples(ctx, formatter)


class ExampleGroup(TyperGroup):
    """A group whose help has an example, and lists its commands under headings where it has some."""

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write the example."""
        _write_examples(ctx, formatter)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the commands, each with the first sentence of its help, by their groups."""
        shown = {
            name: command
            for name in self.list_commands(ctx)
            if (command := self.get_command(ctx, name)) is not None and not command.hidden
        }
        widest = max(map(len, shown), default=0)
        for heading, names in _headed(list(shown), GROUPS if ctx.parent is None else {}):
            rows = [
                (name.ljust(widest), shown[name].get_short_help_str(_LONGEST_SUMMARY))
                for name in names
            ]
            with formatter.section(heading):
                formatter.write_dl(rows)


def _headed(
    names: Sequence[str], groups: Mapping[str, Sequence[str]]
) -> list[tuple[str, Sequence[str]]]:
    """``names`` under the headings of ``groups``, those of no group at the end."""
    headed = [
        (heading, [name for name in group if name in names]) for heading, group in groups.items()
    ]
    placed = {name for _, group in headed for name in group}
    rest = [name for name in names if name not in placed]
    return [(heading, group) for heading, group in [*headed, ("Commands", rest)] if group]
