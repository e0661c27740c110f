"""``copydesk templates relearn | learn``: from pages at rest, and what came of it."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ingest.catalogue.selection import load_catalogue
from ingest.cli.collected_sources import check_collected
from ingest.cli.loudness import shows_progress
from ingest.cli.reading.articles import print_json
from ingest.cli.templates.commands import matching, source_in_force
from ingest.cli.templates.display import (
    counted,
    print_template,
    rules_of,
    table_text,
    template_json,
    write_table,
)
from ingest.errors import EXIT_INCOMPLETE, EXIT_OK, InputError
from ingest.extract.extraction import BodyText, text_of_body
from ingest.extract.page_rules import has_own_body
from ingest.rereading.folder_learning import learn_from_folder
from ingest.rereading.relearn import relearn
from ingest.templates.reading_values import FEWEST, Misfit
from ingest.templates.shelves import row_of
from ingest.templates.yields import page_yield, read_one
from ingest.views.article_text import plain
from sources.errors import EndpointError
from storage.database import Database

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ingest.rereading.folder_learning import FolderLearned, Site
    from ingest.rereading.relearn import Kind, Kinds, Lesson, Relearned, RestingPage
    from ingest.settings import Settings
    from storage.article import Article
    from storage.templates import TemplateRow

__all__ = ["learn_folder", "relearn_source"]

_SHOWN = 3


def relearn_source(settings: Settings, name: str, *, as_json: bool) -> int:
    """Learn a source anew from its kept pages; 1 where that gave no template.

    Raises:
        SettingsError: the source was never collected.
    """
    catalogue = load_catalogue(settings)
    source = source_in_force(catalogue, name)
    with Database.open(settings.database, create=False) as database:
        with database.reading() as connection:
            check_collected(connection, [name], database.address, catalogue)
        if source is not None and has_own_body(source):
            print(
                f"copydesk: {name}: its source file says where the text is (extract.body);"
                " templates are not used",
                file=sys.stderr,
            )
            return EXIT_INCOMPLETE
        result = asyncio.run(
            relearn(database, name, source, settings.collect.workers, now=lambda: datetime.now(UTC))
        )
    if as_json:
        print_json(_relearned_json(result))
    else:
        _print_relearned(result)
    taught = any(lesson.outcome != "nothing" for lesson in result.lessons)
    return EXIT_OK if taught else EXIT_INCOMPLETE


def _print_relearned(result: Relearned) -> None:
    if not result.pages:
        print(f"{result.source}: no page is kept, so there is nothing to learn from (raw.keep)")
        return
    left = _left_aside(result.refused, result.crashed, 0)
    print(f"{result.source}: {result.pages} kept pages read{left}")
    for lesson in result.lessons:
        if lesson.pages >= FEWEST or lesson.beside:
            print(plain(f"  {_told(lesson)}"))
    _print_few([lesson for lesson in result.lessons if not lesson.beside])
    for label, reason in result.doubted:
        print(plain(f"  {label} is doubted: it {reason}"))
    for label in result.unseen:
        print(f"  {label} stays as it is: no page of its kind is kept")


def _print_few(lessons: Sequence[Lesson]) -> None:
    few = [lesson.pages for lesson in lessons if lesson.pages < FEWEST]
    if few:
        print(f"  {counted(sum(few))} of kinds with fewer than {FEWEST}: nothing learned")


def _left_aside(refused: int, crashed: int, elsewhere: int) -> str:
    parts = [
        f"{number} {what}"
        for number, what in (
            (refused, "no articles"),
            (crashed, "unreadable"),
            (elsewhere, "whose text is not in their markup"),
        )
        if number
    ]
    return f", of these {', '.join(parts)}" if parts else ""


def _told(lesson: Lesson) -> str:
    """What one kind of pages taught, in a line."""
    start = f"{lesson.signature} ({counted(lesson.pages)})"
    if lesson.template is None:
        return f"{start}: nothing learned: {lesson.why}"
    label = lesson.template.label
    tried = (
        f"tried on {counted(lesson.tried)} more: fits {lesson.fitted}, the same as the generic path"
        f" on {lesson.agreed}"
        if lesson.tried
        else "no page more to try it on"
    )
    if lesson.outcome == "same":
        return f"{start}: teach what {label} has, which stays; {tried}"
    said = f"{start}: {label} learned from {lesson.template.support}, {tried}"
    if lesson.outcome == "worse":
        return f"{said}; dropped: {lesson.why}"
    if lesson.outcome == "trial":
        return f"{said}; on trial, the next runs decide"
    instead = f", in the place of {', '.join(lesson.replaced)}" if lesson.replaced else ""
    return f"{said}; believed{instead}"


def _relearned_json(result: Relearned) -> dict[str, Any]:
    return {
        "source": result.source,
        "pages": result.pages,
        "refused": result.refused,
        "crashed": result.crashed,
        "lessons": [_lesson_json(lesson) for lesson in result.lessons],
        "doubted": [{"template": label, "reason": reason} for label, reason in result.doubted],
        "unseen": list(result.unseen),
    }


def _lesson_json(lesson: Lesson) -> dict[str, Any]:
    template = lesson.template
    return {
        **{key: value for key, value in asdict(lesson).items() if key != "template"},
        "template": template.label if template is not None else None,
    }


def learn_folder(
    settings: Settings, folder: Path, export_to: Path | None, which: str | None, *, as_json: bool
) -> int:
    """Learn from a folder of saved pages; 1 where it taught no template.

    Raises:
        InputError: it is no folder, there is no template of that name, or the file to be written
            exists or cannot be written.
    """
    catalogue = load_catalogue(settings)
    try:
        found = asyncio.run(
            learn_from_folder(
                folder,
                catalogue.source_of,
                settings.collect.workers,
                now=datetime.now(UTC),
                observe=_show_progress,
            )
        )
    except EndpointError as error:
        raise InputError(str(error)) from None
    if shows_progress():
        print(file=sys.stderr)
    learned: list[tuple[TemplateRow, Site, Kind]] = []
    for site in found.sites:
        if not as_json:
            _print_site(site, folder)
        for kind, lesson in site.lessons:
            if lesson.template is None:
                _print_nothing(site, lesson, as_json=as_json)
                continue
            row = row_of(site.name or str(folder), lesson.template)
            learned.append((row, site, kind))
            yields = [page_yield(each.page.url, read) for each, read in _read(row, site, kind)]
            if as_json:
                print_json({**template_json(row, yields), "pages": kind.count})
            else:
                fitting = sum(each.misfit is None for each in yields)
                which_pages = (
                    f"fits {fitting} of the {len(yields)} latest of its {counted(kind.count)}"
                )
                print_template(row, yields[-_SHOWN:], pages=which_pages)
        if not as_json:
            _print_few([lesson for _, lesson in site.lessons])
    if not as_json:
        _print_passed_over(found)
    if export_to is not None:
        if not learned:
            raise InputError(f"{folder}: no template was learned that could be written")
        # Those of most pages come first, site by site.
        learned.sort(key=lambda each: -each[2].count)
        rows = [row for row, _, _ in learned]
        row = matching(str(folder), rows, which) if which else rows[0]
        _, site, kind = next(each for each in learned if each[0] is row)
        write_table(table_text(row, site.source, _articles(row, site, kind)), export_to)
    return EXIT_OK if learned else EXIT_INCOMPLETE


def _read(row: TemplateRow, site: Site, kind: Kind) -> list[tuple[RestingPage, Article | Misfit]]:
    template = rules_of(row)
    assert template is not None
    return [
        (resting, read_one(resting.page, template, site.source, resting.link))
        for resting, _ in kind.pages
    ]


def _articles(row: TemplateRow, site: Site, kind: Kind) -> list[tuple[str, Article]]:
    found = []
    for resting, read in _read(row, site, kind):
        text = text_of_body(
            resting.page.body, content_type=resting.page.headers.get("content-type")
        )
        if not isinstance(read, Misfit) and isinstance(text, BodyText):
            found.append((text.text, read))
    return found


def _print_site(site: Site, folder: Path) -> None:
    kinds: Kinds = site.kinds
    left = _left_aside(kinds.refused, kinds.crashed, kinds.elsewhere)
    name = site.name or f"{folder} (pages that do not say where they come from)"
    print(f"{plain(name)}: {counted(kinds.pages)}{left}")


def _print_nothing(site: Site, lesson: Lesson, *, as_json: bool) -> None:
    if as_json:
        print_json({"source": site.name, "name": None, **_lesson_json(lesson)})
    elif lesson.pages >= FEWEST:
        print(plain(f"  {_told(lesson)}"))


def _print_passed_over(found: FolderLearned) -> None:
    counts = found.passed_over
    parts = [
        f"{number} {what}"
        for number, what in (
            (counts.no_page, "no pages"),
            (counts.broken, "broken"),
            (counts.too_large, "too large"),
        )
        if number
    ]
    if parts:
        print(f"files passed over: {', '.join(parts)}")


def _show_progress(pages: int) -> None:
    if shows_progress():
        print(f"\r\x1b[K{pages} pages read", end="", file=sys.stderr, flush=True)
