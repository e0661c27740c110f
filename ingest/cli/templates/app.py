"""``copydesk templates``: where sources keep the parts of their articles, as was learned from their pages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ingest.cli.commands import Commands, ExampleGroup
from ingest.cli.options import Json, Name, Names, settings

__all__ = ["templates_app"]

_HELP = ("-h", "--help")


class _ShowUnlessNamed(ExampleGroup):
    """``templates SOURCE`` is ``templates show SOURCE``: what one looks at needs no verb."""

    # Any: Typer has its own copy of Click's context, in a private module.
    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] not in _HELP):
            args = ["show", *args]
        return super().parse_args(ctx, args)


templates_app = Commands(
    cls=_ShowUnlessNamed,
    help="Where sources keep the parts of their articles, as was learned from their pages. "
    "`copydesk templates [SOURCE]...` shows it.",
)

Which = Annotated[
    str | None,
    typer.Option("--name", metavar="NAME[@VERSION]", help="A template of it, such as article@2."),
]


@templates_app.command("show")
def show(names: Names = None, json: Json = False) -> None:
    """Show templates as one reads a source file, how sure they are, and what they yield."""
    from ingest.cli.templates.commands import show_templates

    raise typer.Exit(show_templates(settings(), names or [], as_json=json))


@templates_app.command("export")
def export(
    source: Name,
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help="To be written [default: standard output]."),
    ] = None,
    name: Which = None,
) -> None:
    """Write a template as the [extract] table of a source file, to go on by hand."""
    from ingest.cli.templates.commands import export_template

    raise typer.Exit(export_template(settings(), source, name, file))


@templates_app.command("forget")
def forget(source: Name, name: Which = None) -> None:
    """Delete the templates of a source, or one of them; its next pages teach anew."""
    from ingest.cli.templates.commands import forget_learned

    raise typer.Exit(forget_learned(settings(), source, name))


@templates_app.command("relearn")
def relearn(source: Name, json: Json = False) -> None:
    """Learn a source anew from its kept pages, without a request."""
    from ingest.cli.templates.learning import relearn_source

    raise typer.Exit(relearn_source(settings(), source, as_json=json))


@templates_app.command("learn")
def learn(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="Saved pages: HTML, MHTML, gzipped or not.")
    ],
    json: Json = False,
    export_to: Annotated[
        Path | None,
        typer.Option("--export", metavar="FILE", help="Write a template as an [extract] table."),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(metavar="NAME[@VERSION]", help="Which one [default: of most pages]."),
    ] = None,
) -> None:
    """Learn templates from a folder of saved pages, without a database."""
    from ingest.cli.templates.learning import learn_folder

    raise typer.Exit(learn_folder(settings(), folder, export_to, name, as_json=json))
