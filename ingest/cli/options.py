"""The options that several commands take, and the settings that follow from them."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ingest.cli.completion import complete_source
from ingest.cli.loudness import Loudness, detail, loudness

if TYPE_CHECKING:
    from ingest.settings import Settings

__all__ = [
    "AllSources",
    "DryRun",
    "Json",
    "Name",
    "Names",
    "OnlySource",
    "SomeNames",
    "Struck",
    "SwitchOn",
    "given",
    "settings",
]


@dataclass
class _Given:
    config: Path | None = None
    database: str | None = None


#: What stood before the command on the command line.
given = _Given()

Json = Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")]
Name = Annotated[
    str,
    typer.Argument(metavar="SOURCE", help="Name of a source.", autocompletion=complete_source),
]
Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="SOURCE", help="Names of sources.", autocompletion=complete_source),
]
#: At least one.
SomeNames = Annotated[
    list[str],
    typer.Argument(metavar="SOURCE", help="Names of sources.", autocompletion=complete_source),
]
OnlySource = Annotated[
    str | None,
    typer.Option("--source", help="Only this source.", autocompletion=complete_source),
]
Struck = Annotated[bool, typer.Option("--struck", help="Also show what was struck, with reasons.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Change nothing; say what would change.")]
AllSources = Annotated[bool, typer.Option("--all", help="Also those that are not switched on.")]
SwitchOn = Annotated[bool, typer.Option("--enable/--no-enable", help="Switch on what is written.")]


def settings() -> Settings:
    """The settings in force."""
    from ingest.settings import load_settings

    found = load_settings(given.config, database=given.database)
    if loudness() is Loudness.VERBOSE:
        _tell(found)
    return found


def _tell(found: Settings) -> None:
    from storage.engine.location import locate
    from storage.errors import StorageError

    detail(f"settings: {found.path or 'no file, so the defaults hold'}")
    with contextlib.suppress(StorageError):  # told by whoever opens the database, if anyone does
        detail(f"database: {locate(found.database).with_user}")
    detail(f"your source files: {found.sources_folder}")
