"""``copydesk articles`` and ``show``: what the database holds."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ingest.errors import EXIT_OK, InputError
from ingest.views.article_text import cell, console, plain, print_article
from storage.database import Database
from storage.reading import queries
from storage.stories.queries import story_of

if TYPE_CHECKING:
    from ingest.settings import Settings

__all__ = ["as_utc", "list_filed", "moment_text", "print_json", "show_article"]


def list_filed(
    settings: Settings,
    *,
    source: str | None,
    since: datetime | None,
    until: datetime | None,
    text: str | None,
    author: str | None,
    credit: str | None,
    kind: str | None,
    limit: int,
    offset: int,
    as_json: bool,
) -> int:
    """List articles that pass every filter, newest first."""
    with (
        Database.open(settings.database, read_only=True) as database,
        database.reading() as c,
    ):
        found = queries.list_articles(
            c,
            source=source,
            since=as_utc(since),
            until=as_utc(until),
            text=text,
            author=author,
            credit=credit,
            kind=kind,
            limit=limit,
            offset=offset,
            order="published",
        )
    if as_json:
        for article in found:
            print_json(asdict(article))
        return EXIT_OK
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for name in ("id", "published", "source", "title", "credited to", "words"):
        table.add_column(
            name, justify="right" if name in ("id", "words") else "left", no_wrap=name != "title"
        )
    for article in found:
        table.add_row(
            str(article.id),
            plain((article.published or "")[:16].replace("T", " ")),
            article.source,
            cell(article.title),
            cell(", ".join(article.credits)),
            str(article.words),
        )
    out = console()
    out.print(table, markup=False) if found else print("no article")
    if len(found) == limit:
        print(f"({limit} shown; more with --limit or --offset)")
    return EXIT_OK


def show_article(settings: Settings, article_id: int, *, struck: bool, as_json: bool) -> int:
    """Show one article whole.

    Raises:
        InputError: no article has this number.
    """
    with (
        Database.open(settings.database, read_only=True) as database,
        database.reading() as c,
    ):
        stored = queries.get_article(c, article_id)
        story = story_of(c, article_id)
    if stored is None:
        raise InputError(f"no article {article_id}; `copydesk articles` lists them")
    if as_json:
        print_json(
            {
                "id": stored.id,
                **stored.article.as_json(),
                "filed_at": stored.filed_at,
                "updated_at": stored.updated_at,
                "revision": stored.revision,
                "story": story,
                "addresses": list(stored.addresses),
            }
        )
        return EXIT_OK
    print_article(stored.article, struck=struck)
    print()
    print(f"article {stored.id} of {stored.article.source}, filed {moment_text(stored.filed_at)}")
    for address in stored.addresses:
        if address != stored.article.url:
            print(f"  also at {plain(address)}")
    if story is not None:
        print(f"  one of the copies of story {story}; `copydesk stories {story}` lists them")
    for revision in stored.revisions:
        print(
            f"  revision {revision.number}, first seen {moment_text(revision.seen_at)}, "
            f"replaced {moment_text(revision.replaced_at)}: {plain(revision.title or '')}"
        )
    return EXIT_OK


def as_utc(moment: datetime | None) -> datetime | None:
    """The time of an option, in UTC where it names no zone."""
    if moment is None:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def moment_text(moment: datetime | None) -> str:
    """A time as tables show it, UTC, to the minute."""
    return moment.strftime("%Y-%m-%d %H:%M") if moment else "-"


def print_json(value: dict[str, Any]) -> None:
    """One JSON object a line; times as ISO 8601."""
    print(json.dumps(value, ensure_ascii=False, default=_json_value), flush=True)


def _json_value(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"no JSON for {value!r}")
