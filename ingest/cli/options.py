"""The options that every command takes, and the settings that follow from them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ingest.settings import Settings

__all__ = ["Json", "Names", "given", "settings"]


@dataclass
class _Given:
    config: Path | None = None
    database: str | None = None


#: What stood before the command on the command line.
given = _Given()

Json = Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")]
Names = Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help="Names of sources.")]


def settings() -> Settings:
    """The settings in force."""
    from ingest.settings import load_settings

    return load_settings(given.config, database=given.database)
