"""``copydesk search``."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ingest.cli.reading.articles import as_utc, print_json
from ingest.errors import EXIT_OK
from ingest.views.article_text import console, plain
from storage.database import Database
from storage.search.search import search

if TYPE_CHECKING:
    from ingest.settings import Settings
    from storage.search.search import Found

__all__ = ["SearchOptions", "search_filed"]


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """What narrows a search, and how much of it is shown."""

    source: str | None
    since: datetime | None
    until: datetime | None
    language: str | None
    kind: str | None
    newest: bool
    limit: int
    offset: int


def search_filed(settings: Settings, query: str, options: SearchOptions, *, as_json: bool) -> int:
    """Print what is found, the best first."""
    with (
        Database.open(settings.database, read_only=True) as database,
        database.reading() as connection,
    ):
        found = search(
            connection,
            query,
            source=options.source,
            since=as_utc(options.since),
            until=as_utc(options.until),
            language=options.language,
            kind=options.kind,
            order="newest" if options.newest else "rank",
            limit=options.limit,
            offset=options.offset,
        )
    if as_json:
        for one in found:
            print_json(asdict(one))
        return EXIT_OK
    if not found:
        print("no article")
    for one in found:
        _print(one)
    if len(found) == options.limit:
        print(f"({options.limit} shown; more with --limit or --offset)")
    return EXIT_OK


def _print(one: Found) -> None:
    from rich.text import Text

    out = console()
    when = (one.published or "")[:10]
    out.print(Text(f"{one.id}  {when}  {one.source}  {plain(one.title or '(no title)')}"))
    # Control characters would move the marks, so each becomes one blank.
    text = "".join(sign if plain(sign) else " " for sign in one.snippet.text)
    shown = Text("    " + text)
    for start, end in one.snippet.marked:
        shown.stylize("bold", start + 4, end + 4)
    out.print(shown)
