"""``copydesk articles``, ``show`` and ``status``: what the database holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ingest.cli.reading.filters import FilterOptions, make_filter
from ingest.errors import EXIT_INCOMPLETE, EXIT_OK, InputError
from ingest.views.article_json import stored_json, summary_json
from ingest.views.article_text import cell, console, plain, print_article
from ingest.views.json_values import json_line
from storage.database import Database
from storage.reading import queries

if TYPE_CHECKING:
    from ingest.settings import Settings

__all__ = ["list_filed", "moment_text", "print_json", "show_article", "show_status"]


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
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for name in ("id", "published", "source", "title", "credited to", "words"):
        table.add_column(
            name, justify="right" if name in ("id", "words") else "left", no_wrap=name != "title"
        )
    for article in found:
        table.add_row(
            str(article.id),
            plain((article.published_at or "")[:16].replace("T", " ")),
            article.source,
            cell(article.title),
            cell(", ".join(dict.fromkeys(credit.name for credit in article.credits))),
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
    for revision in stored.revisions:
        print(
            f"  revision {revision.number}, first seen {moment_text(revision.seen_at)}, "
            f"replaced {moment_text(revision.replaced_at)}: {plain(revision.title or '')}"
        )
    return EXIT_OK


def show_status(settings: Settings, names: Sequence[str], *, problems: int, as_json: bool) -> int:
    """Show the health of every source that was ever collected, or of those named.

    Returns 1 where one of them failed last time.
    """
    from ingest.views.template_health import template_notes

    with (
        Database.open(settings.database, read_only=True) as database,
        database.reading() as c,
    ):
        found = queries.source_status(c)
        unknown = set(names) - {status.name for status in found}
        if unknown:
            raise InputError(
                f"{', '.join(sorted(unknown))}: never collected into {settings.database}"
            )
        shown = [status for status in found if not names or status.name in names]
        trouble = {name: queries.link_problems(c, name, problems) for name in names if problems}
        changed = (
            template_notes(c, [status.name for status in shown], datetime.now(UTC))
            if settings.collect.templates
            else {}
        )
    code = EXIT_INCOMPLETE if any(status.failures for status in shown) else EXIT_OK
    if as_json:
        for status in shown:
            problems_now = [asdict(problem) for problem in trouble.get(status.name, [])]
            said = [
                {**asdict(note), "sentence": note.sentence} for note in changed.get(status.name, [])
            ]
            print_json({**asdict(status), "templates": said, "problems": problems_now})
        return code
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    states = ("pending", "done", "duplicate", "refused", "failed", "given_up", "gone")
    for name in ("source", "articles", *states, "last success", "next"):
        table.add_column(
            name.replace("_", " "),
            justify="left" if name in ("source", "last success", "next") else "right",
            no_wrap=True,
        )
    for status in shown:
        table.add_row(
            status.name,
            str(status.articles),
            *(str(status.links.get(state, 0)) for state in states),
            moment_text(status.last_success_at),
            moment_text(status.next_due_at),
        )
    console().print(table)
    for status in shown:
        if status.failures:
            print(
                f"{status.name}: failed {status.failures} times in a row: {plain(status.last_error or '')}"
            )
    for name, notes in changed.items():
        for note in notes:
            print(f"{name}: {plain(note.sentence)}")
    for name, links in trouble.items():
        for problem in links:
            again = (
                f", again {moment_text(problem.next_attempt_at)}" if problem.next_attempt_at else ""
            )
            print(
                f"{name}: {problem.state}: {problem.reason}: {plain(problem.detail or '')} <{plain(problem.url)}>{again}"
            )
    return code


def moment_text(moment: datetime | None) -> str:
    """A time as tables show it, UTC, to the minute."""
    return moment.strftime("%Y-%m-%d %H:%M") if moment else "-"


def print_json(value: dict[str, Any]) -> None:
    """One JSON object a line; times as ``ingest.views.json_values`` has them."""
    print(json_line(value), flush=True)
