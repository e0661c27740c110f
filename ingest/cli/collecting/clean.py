"""``copydesk clean``: strike from filed articles what has turned out to be their site's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from ingest.catalogue.selection import load_catalogue
from ingest.cli.collected_sources import check_collected
from ingest.errors import EXIT_OK
from ingest.pipeline.clean import clean_source
from ingest.views.json_values import json_line
from storage.database import Database

if TYPE_CHECKING:
    from ingest.settings import Settings

__all__ = ["clean_filed"]


def clean_filed(settings: Settings, names: Sequence[str], *, dry_run: bool, as_json: bool) -> int:
    """Clean the articles of the sources ``names``, of all where none is named.

    Raises:
        SettingsError: a source that the database does not know.
    """
    catalogue = load_catalogue(settings)
    with Database.open(settings.database, create=False, read_only=dry_run) as database:
        with database.reading() as connection:
            known = check_collected(connection, names, database.address, catalogue)
        for name in names or known:
            cleaned = clean_source(database, name, dry_run=dry_run)
            if as_json:
                print(json_line(asdict(cleaned)), flush=True)
            else:
                verb = "would change" if dry_run else "changed"
                print(
                    f"{name}: {cleaned.articles} articles read, {cleaned.changed} {verb},"
                    f" {cleaned.lines} lines struck"
                )
    return EXIT_OK
