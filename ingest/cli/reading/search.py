"""``copydesk search``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.cli.reading.articles import print_json
from ingest.cli.reading.filters import FilterOptions, make_filter
from ingest.errors import EXIT_OK
from ingest.views.article_json import hit_json
from ingest.views.article_text import console, plain
from storage.database import Database
from storage.search.search import search

if TYPE_CHECKING:
    from ingest.settings import Settings
    from storage.search.search import SearchHit

__all__ = ["search_filed"]


def search_filed(
    settings: Settings,
    query: str,
    options: FilterOptions,
    *,
    newest: bool,
    limit: int,
    offset: int,
    as_json: bool,
) -> int:
    """Print what is found, the best first, or with ``newest`` what was filed last.

    Raises:
        InputError, SettingsError: an option cannot be read, or names what there is not.
        QueryError: the query asks for nothing.
    """
    with (
        Database.open(settings.database, read_only=True) as database,
        database.reading() as connection,
    ):
        found = search(
            connection,
            query,
            make_filter(connection, settings, options),
            order="newest" if newest else "rank",
            limit=limit,
            offset=offset,
        )
    if as_json:
        for one in found:
            print_json(hit_json(one))
        return EXIT_OK
    if not found:
        print("no article")
    for one in found:
        _print(one)
    if len(found) == limit:
        print(f"({limit} shown; more with --limit or --offset)")
    return EXIT_OK


def _print(one: SearchHit) -> None:
    from rich.text import Text

    out = console()
    when = (one.published_at or "")[:10]
    out.print(Text(f"{one.id}  {when}  {one.source}  {plain(one.title or '(no title)')}"))
    # Control characters would move the marks, so each becomes one blank.
    text = "".join(sign if plain(sign) else " " for sign in one.snippet.text)
    shown = Text(text)
    for start, end in one.snippet.marked:
        shown.stylize("bold", start, end)
    for line in shown.wrap(out, max(out.width - 4, 20)):
        line.rstrip()
        out.print(Text("    ").append_text(line))
