"""What a shell offers for the name of a source, at each press of the tab key.

It looks at the names of files alone: no source file is read, nothing but the standard library is
imported, and a settings file that is wrong offers less instead of an error.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import typer

__all__ = ["complete_source"]


def complete_source(ctx: typer.Context, incomplete: str) -> list[str]:
    """Names of sources that begin with ``incomplete``, shipped ones and the operator's, sorted."""
    config = ctx.find_root().params.get("config")
    folders = (_shipped(), _own(Path(config) if config else None))
    return sorted(
        {name for folder in folders for name in _names(folder) if name.startswith(incomplete)}
    )


def _shipped() -> Path:
    # The packages lie side by side, in a checkout as in an installation.
    return Path(__file__).resolve().parents[2] / "sources" / "publishers"


def _own(config: Path | None) -> Path:
    """The operator's folder, by the same rules as ``ingest.settings``, which takes too long here."""
    import tomllib

    path = config or Path(os.environ.get("COPYDESK_CONFIG", "copydesk.toml"))
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8")).get("sources_folder")
    except (OSError, ValueError):
        said = None
    said = os.environ.get("COPYDESK_SOURCES_FOLDER", said)
    return path.parent / (said if isinstance(said, str) else "publishers")


def _names(folder: Path) -> Iterator[str]:
    for _, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (
            name.removesuffix(".toml")
            for name in files
            if name.endswith(".toml") and not name.startswith(".")
        )
