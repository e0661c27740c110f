"""``copydesk templates show | export | forget``: what the database holds of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ingest.catalogue.selection import load_catalogue
from ingest.cli.collected_sources import check_collected
from ingest.cli.reading.articles import print_json
from ingest.cli.templates.display import (
    print_template,
    rules_of,
    table_text,
    template_json,
    write_table,
)
from ingest.errors import EXIT_OK, InputError
from ingest.extract.extraction import BodyText, text_of_body
from ingest.pipeline.clean import site_lines_of
from ingest.rereading.relearn import resting_page, resting_pages
from ingest.templates.reading_values import Misfit
from ingest.templates.yields import PageYield, page_yield, read_one
from sources.errors import SourcesError
from storage.database import Database
from storage.pages.raw_pages import PageArchive, pages_read_by
from storage.templates import forget_templates, templates_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sqlalchemy import Connection

    from ingest.extract.chrome.site_lines import SiteLines
    from ingest.rereading.relearn import RestingPage
    from ingest.settings import Settings
    from sources.catalogue import Catalogue
    from sources.source import Source
    from storage.article import Article
    from storage.templates import TemplateRow

__all__ = [
    "export_template",
    "forget_learned",
    "matching",
    "show_templates",
    "source_in_force",
]

#: Pages that are shown of a template, those among which they are looked for, and those that an
#: exported table is tried on.
_SHOWN, _LOOKED_AT, _TRIED_ON = 3, 24, 12
#: What the operator has no more to do with.
_GONE = frozenset(["dropped", "forgotten"])


@dataclass(frozen=True, slots=True)
class _Yielding:
    """Pages of one template and what it makes of them."""

    read: tuple[tuple[RestingPage, Article | Misfit], ...]
    #: Which pages these are.
    which: str

    @property
    def yields(self) -> list[PageYield]:
        return [page_yield(resting.page.url, found) for resting, found in self.read]

    @property
    def articles(self) -> list[tuple[str, Article]]:
        """Markup and article of those that fit."""
        found = []
        for resting, read in self.read:
            page = resting.page
            kind = page.headers.get("content-type")
            text = text_of_body(page.body, url=page.url, content_type=kind)
            if not isinstance(read, Misfit) and isinstance(text, BodyText):
                found.append((text.text, read))
        return found


def show_templates(settings: Settings, names: Sequence[str], *, as_json: bool) -> int:
    """Show the templates of the sources named, or of all that have some.

    Raises:
        SettingsError: a source that was never collected.
    """
    catalogue = load_catalogue(settings)
    with Database.open(settings.database, read_only=True) as database, database.reading() as c:
        check_collected(c, names, database.address, catalogue)
        by_source: dict[str, list[TemplateRow]] = {name: [] for name in names}
        for row in templates_of(c, *names):
            by_source.setdefault(row.source, []).append(row)
        archive = PageArchive()
        for number, (name, rows) in enumerate(by_source.items()):
            shown = [row for row in rows if row.status not in _GONE]
            source = source_in_force(catalogue, name)
            site = replace(site_lines_of(c, name), includes_this=True)
            if not as_json:
                print(f"{chr(10) if number else ''}{name}{'' if shown else ': no template yet'}")
            for row in shown:
                yielding = _yielding(c, archive, row, source, site, _SHOWN)
                if as_json:
                    print_json(template_json(row, yielding.yields))
                else:
                    print_template(row, yielding.yields, pages=yielding.which)
            dropped = [row.label for row in rows if row.status == "dropped"]
            if dropped and not as_json:
                print(f"  gave way to others: {', '.join(dropped)}")
    return EXIT_OK


def export_template(settings: Settings, name: str, which: str | None, file: Path | None) -> int:
    """Write a template of a source as an ``[extract]`` table.

    Raises:
        InputError: no such template, or the file cannot be written.
        SettingsError: no such source.
    """
    catalogue = load_catalogue(settings)
    with Database.open(settings.database, read_only=True) as database, database.reading() as c:
        check_collected(c, [name], database.address, catalogue)
        row = matching(name, [r for r in templates_of(c, name) if r.status not in _GONE], which)
        source = source_in_force(catalogue, name)
        site = replace(site_lines_of(c, name), includes_this=True)
        yielding = _yielding(c, PageArchive(), row, source, site, _TRIED_ON)
    write_table(table_text(row, source, yielding.articles), file)
    return EXIT_OK


def forget_learned(settings: Settings, name: str, which: str | None) -> int:
    """Delete the templates of a source, or those called ``which``.

    Raises:
        InputError: no such template.
        SettingsError: no such source.
    """
    catalogue = load_catalogue(settings)
    with Database.open(settings.database, create=False) as database:
        with database.reading() as connection:
            check_collected(connection, [name], database.address, catalogue)
        gone = database.write(lambda c: forget_templates(c, name, which))
    if not gone:
        raise InputError(_no_template(name, which))
    print(f"{name}: forgotten: {', '.join(gone)}; its next pages are read by the generic path")
    return EXIT_OK


def matching(source: str, rows: Sequence[TemplateRow], which: str | None) -> TemplateRow:
    """The template called ``which``; where nothing is said, the one in use that read most pages.

    Raises:
        InputError: there is none.
    """
    order = {"active": 0, "trial": 1, "doubted": 2}
    named = [row for row in rows if which is None or which in (row.name, row.label)]
    if not named:
        raise InputError(_no_template(source, which))
    return min(named, key=lambda row: (order[row.status], -row.applied, -row.support))


def _no_template(source: str, which: str | None) -> str:
    what = f"no template {which}" if which else "no template"
    return f"{source}: {what}; `copydesk templates {source}` shows what there is"


def source_in_force(catalogue: Catalogue, name: str) -> Source | None:
    """The source as its file says today; ``None`` where it has none any more."""
    try:
        return catalogue.get(name)
    except SourcesError:
        return None


def _yielding(
    connection: Connection,
    archive: PageArchive,
    row: TemplateRow,
    source: Source | None,
    site: SiteLines,
    most: int,
) -> _Yielding:
    """What a template makes of the last pages that it read; else of the latest that it fits."""
    template = rules_of(row)
    if template is None:
        return _Yielding((), "")
    made = pages_read_by(connection, row.source, f"template:{row.label}", most)
    read = [
        (resting, read_one(resting.page, template, source, resting.link, site))
        for number, _ in made
        if (resting := resting_page(connection, archive, number)) is not None
    ]
    if read:
        return _Yielding(tuple(read), "the last pages that it read")
    latest = [
        (resting, read_one(resting.page, template, source, resting.link, site))
        for resting in reversed(resting_pages(connection, row.source, _LOOKED_AT))
    ]
    fitting = [each for each in latest if not isinstance(each[1], Misfit)]
    if fitting:
        return _Yielding(tuple(fitting[:most]), "recent pages that it fits")
    return _Yielding(tuple(latest[:most]), f"fits none of the {len(latest)} latest kept pages")
