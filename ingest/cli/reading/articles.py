"""``copydesk articles`` and ``show``: what the database holds."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from ingest.cli.reading.filters import FilterOptions, make_filter
from ingest.cli.terminal import output_width, wrapped
from ingest.errors import EXIT_OK, InputError
from ingest.views.article_json import stored_json, summary_json
from ingest.views.article_text import cell, console, plain, print_article
from ingest.views.json_values import json_line
from ingest.views.story_text import origin_line
from storage.database import Database
from storage.reading import queries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.settings import Settings
    from storage.reading.summaries import ArticleSummary

__all__ = ["list_filed", "moment_text", "print_json", "show_article"]


#: Columns from which a table is readable; with fewer, an article takes a few lines.
_TABLE_WIDTH = 100


def list_filed(
    settings: Settings, options: FilterOptions, *, limit: int, offset: int, as_json: bool
) -> int:
    """List articles that pass every filter, newest first.

    Raises:
        InputError, SettingsError: an option cannot be read, or names what there is not.
    """
    with (
        Database.open(settings.database, read_only=True) as database,
        database.reading() as c,
    ):
        found = queries.list_articles(
            c, make_filter(c, settings, options), limit=limit, offset=offset, order="published"
        )
    if as_json:
        for article in found:
            print_json(summary_json(article))
        return EXIT_OK
    if not found:
        print("no article")
    elif output_width() >= _TABLE_WIDTH:
        _print_table(found)
    else:
        _print_lines(found, output_width())
    if len(found) == limit:
        print(f"({limit} shown; more with --limit or --offset)")
    return EXIT_OK


def _print_lines(found: Sequence[ArticleSummary], width: int) -> None:
    """A line with number, time and source for each, its title and credits below."""
    numbers = max(len(str(article.id)) for article in found)
    for article in found:
        head = (str(article.id).rjust(numbers), _published(article).ljust(16), article.source)
        print("  ".join((*head, f"{article.words} words")))
        indent = " " * (numbers + 2)
        for said in (article.title, _credited(article) and f"credited to {_credited(article)}"):
            for line in wrapped(said or "", width, indent=indent, further=indent):
                print(line)


def _published(article: ArticleSummary) -> str:
    return plain((article.published_at or "")[:16].replace("T", " "))


def _credited(article: ArticleSummary) -> str:
    return ", ".join(dict.fromkeys(credit.name for credit in article.credits))


def _print_table(found: Sequence[ArticleSummary]) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for name in ("id", "published", "source", "title", "credited to", "words"):
        table.add_column(
            name, justify="right" if name in ("id", "words") else "left", no_wrap=name != "title"
        )
    for article in found:
        table.add_row(
            str(article.id),
            _published(article),
            article.source,
            cell(article.title),
            cell(_credited(article)),
            str(article.words),
        )
    console().print(table, markup=False)


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
    if stored is None:
        raise InputError(f"no article {article_id}; `copydesk articles` lists them")
    if as_json:
        print_json(stored_json(stored))
        return EXIT_OK
    print_article(stored.article, struck=struck)
    print()
    print(f"article {stored.id} of {stored.article.source}, filed {moment_text(stored.filed_at)}")
    for address in stored.addresses:
        if address != stored.article.url:
            print(f"  also at {plain(address)}")
    if stored.story_id is not None:
        print(
            f"  one of the copies of story {stored.story_id};"
            f" `copydesk stories {stored.story_id}` lists them"
        )
    if stored.story_origin is not None:
        print(f"  origin of the story: {plain(origin_line(stored.story_origin))}")
    for revision in stored.revisions:
        print(
            f"  revision {revision.number}, first seen {moment_text(revision.seen_at)}, "
            f"replaced {moment_text(revision.replaced_at)}: {plain(revision.title or '')}"
        )
    return EXIT_OK


def moment_text(moment: datetime | None) -> str:
    """A time as tables show it, UTC, to the minute."""
    return moment.strftime("%Y-%m-%d %H:%M") if moment else "-"


def print_json(value: dict[str, Any]) -> None:
    """One JSON object a line; times as ``ingest.views.json_values`` has them."""
    print(json_line(value), flush=True)
