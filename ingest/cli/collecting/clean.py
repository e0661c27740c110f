"""``copydesk clean``: strike from filed articles what has turned out to be their site's."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from ingest.errors import EXIT_OK, InputError
from ingest.pipeline.clean import clean_source
from storage.database import Database
from storage.reading.queries import source_status

if TYPE_CHECKING:
    from ingest.settings import Settings

__all__ = ["clean_filed"]


def clean_filed(settings: Settings, names: Sequence[str], *, dry_run: bool, as_json: bool) -> int:
    """Clean the articles of the sources ``names``, of all where none is named.

    Raises:
        InputError: a source that the database does not know.
    """
    with Database.open(settings.database, create=False, read_only=dry_run) as database:
        with database.reading() as connection:
            known = [status.name for status in source_status(connection)]
        for name in names:
            if name not in known:
                raise InputError(
                    f"{name}: no source of this name in {database.address}; `copydesk status` lists them"
                )
        for name in names or known:
            cleaned = clean_source(database, name, dry_run=dry_run)
            if as_json:
                print(json.dumps(asdict(cleaned)), flush=True)
            else:
                verb = "would change" if dry_run else "changed"
                print(
                    f"{name}: {cleaned.articles} articles read, {cleaned.changed} {verb},"
                    f" {cleaned.lines} lines struck"
                )
    return EXIT_OK
