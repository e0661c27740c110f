"""``copydesk changes``: the change feed, as lines."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ingest.cli.reading.articles import moment_text, print_json
from ingest.cli.reading.filters import check_sources
from ingest.errors import EXIT_OK
from ingest.unknown_names import unknown_name
from ingest.views.article_text import plain
from ingest.views.feed_json import change_json
from storage.changes import KINDS, read_changes
from storage.database import Database
from storage.reading.queries import titles_of

if TYPE_CHECKING:
    from ingest.settings import Settings

__all__ = ["print_changes"]

#: Seconds between two looks of ``--follow``.
_PAUSE = 1.0
_AT_ONCE = 1000


def print_changes(
    settings: Settings,
    since: int,
    *,
    follow: bool,
    source: str | None,
    kinds: Sequence[str],
    limit: int | None,
    as_json: bool,
) -> int:
    """Print the changes after ``since``; with ``follow`` until interrupted.

    Raises:
        SettingsError: there is no such source or kind of change.
    """
    for kind in kinds:
        if kind not in KINDS:
            raise unknown_name("kind of change", kind, KINDS)
    left = limit
    with Database.open(settings.database, read_only=True) as database:
        if source is not None:
            with database.reading() as connection:
                check_sources(connection, settings, [source])
        while left is None or left > 0:
            at_once = _AT_ONCE if left is None else min(_AT_ONCE, left)
            with database.reading() as connection:
                found = read_changes(connection, since, at_once, source=source, kinds=kinds)
                about = titles_of(connection, {change.article_id for change in found})
            for change in found:
                url, title = about.get(change.article_id, (None, None))
                if as_json:
                    print_json(change_json(change, url=url, title=title))
                else:
                    story = f" story {change.story_id}" if change.story_id else ""
                    print(
                        f"{change.id}  {moment_text(change.at)}  {change.kind:<11}"
                        f" {change.article_id} {change.source}{story}  {plain(title or '')}",
                        flush=follow,
                    )
            if found:
                since = found[-1].id
                if left is not None:
                    left -= len(found)
            if len(found) < at_once:
                if not follow:
                    break
                time.sleep(_PAUSE)
    return EXIT_OK
