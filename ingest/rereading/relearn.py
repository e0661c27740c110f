"""Templates from pages at rest (kept raw pages, a folder): learned at once, tried, and then believed or not.

    pages ─ by signature ─▶ older ones: learned from ─▶ newer ones: tried, beside the old template

The rules are those of a run (``ingest.templates.shelf``); what a run sees page by page lies here
before us, so that the best eight pages teach, and the newest, which did not, decide. No request.
"""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict, deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from ingest.errors import ExtractionCrashed
from ingest.extract.page_context import PageContext
from ingest.pipeline.clean import site_lines_of
from ingest.pipeline.link_rows import link_of
from ingest.templates.kept import KeptTemplate
from ingest.templates.reading_values import FEWEST, Candidate, Learned, PackedExample, pack
from ingest.templates.shelf import MOST_EXAMPLES, Shelf
from ingest.templates.shelves import stored_shelf, write_shelf
from ingest.workers.pool import ExtractionPool
from ingest.workers.tasks import LearnTemplate, ReadPage
from sources.page import Page
from storage.links import get_link
from storage.pages.raw_pages import PageArchive, get_page, newest_pages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from sqlalchemy import Connection

    from ingest.extract.chrome.site_lines import SiteLines
    from ingest.templates.reading_values import PageReading
    from sources.link import Link
    from sources.source import Source
    from storage.article import Article
    from storage.database import Database

__all__ = [
    "Kind",
    "Kinds",
    "Lesson",
    "Relearned",
    "RestingPage",
    "learn_kind",
    "read_generically",
    "relearn",
    "resting_page",
    "resting_pages",
]

#: Newest kept pages of a source that are read, and pages of one kind that are held.
MOST_PAGES, MOST_OF_A_KIND = 120, 24
#: Kinds of a source that are learned; more are pages that look each like nothing else.
MOST_KINDS = 12

#: ``believed``: as after a trial in a run; ``trial``: too few pages to try it on, the next run does;
#: ``same``: the template that is in use; ``worse``: than the one in use; ``nothing``: no template.
Outcome = Literal["believed", "trial", "same", "worse", "nothing"]


@dataclass(frozen=True, slots=True)
class RestingPage:
    """A page that lies somewhere, with what its endpoint said of it."""

    page: Page
    link: Link | None = None


@dataclass(slots=True)
class Kind:
    """Pages of one signature, the newest last."""

    signature: str
    #: How many there are; not all of them are held.
    count: int = 0
    pages: deque[tuple[RestingPage, Article]] = field(
        default_factory=lambda: deque(maxlen=MOST_OF_A_KIND)
    )


@dataclass(slots=True)
class Kinds:
    """Pages of one site, by signature."""

    pages: int = 0
    #: No article, by the generic path; unreadable; an article whose text the page's markup has not.
    refused: int = 0
    crashed: int = 0
    elsewhere: int = 0
    held: OrderedDict[str, Kind] = field(default_factory=OrderedDict)

    def add(self, resting: RestingPage, reading: PageReading | None) -> None:
        """Take in one page as the generic path read it; ``None`` where it could not."""
        self.pages += 1
        if reading is None:
            self.crashed += 1
        elif reading.generic is None:
            self.refused += 1
        elif reading.signature is None:
            self.elsewhere += 1
        else:
            kind = self.held.setdefault(reading.signature, Kind(reading.signature))
            kind.count += 1
            kind.pages.append((resting, reading.generic))

    def largest(self) -> list[Kind]:
        """The kinds with most pages first."""
        return sorted(self.held.values(), key=lambda kind: -kind.count)


@dataclass(frozen=True, slots=True)
class Lesson:
    """What the pages of one kind taught."""

    signature: str
    pages: int
    outcome: Outcome
    #: What was learned, or is in use and stays.
    template: KeptTemplate | None = None
    #: Pages that it was tried on, those that it fitted, and those on which no field differed.
    tried: int = 0
    fitted: int = 0
    agreed: int = 0
    #: The templates in use that were tried on the same pages, and those that it took the place of.
    beside: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Relearned:
    """What came of learning a source anew."""

    source: str
    pages: int
    #: Pages with no article on them, and pages that could not be read.
    refused: int
    crashed: int
    lessons: tuple[Lesson, ...]
    #: Templates that were in use and differ from the generic path, with the reason.
    doubted: tuple[tuple[str, str], ...]
    #: Those in use of whose kind no page is kept.
    unseen: tuple[str, ...]


@dataclass(slots=True)
class _Trial:
    """One template on some pages."""

    tried: int = 0
    fitted: int = 0
    agreed: int = 0
    wrong: Counter[str] = field(default_factory=Counter)


async def read_generically(
    pool: ExtractionPool, resting: RestingPage, source: Source | None, site: SiteLines | None = None
) -> PageReading | None:
    """A page as the generic path reads it; ``None`` where it cannot."""
    return await _read(pool, resting, source, site)


async def _read(
    pool: ExtractionPool,
    resting: RestingPage,
    source: Source | None,
    site: SiteLines | None,
    *templates: Candidate,
) -> PageReading | None:
    about = PageContext.of(resting.page, source, resting.link, site)
    try:
        return await pool.submit(ReadPage(resting.page.body, about, templates))
    except ExtractionCrashed:
        return None


@dataclass(frozen=True, slots=True)
class _Jury:
    """Pages that templates are tried on, by both paths."""

    pages: tuple[RestingPage, ...]
    pool: ExtractionPool
    source: Source | None
    site: SiteLines | None

    async def hear(self, kept: KeptTemplate) -> _Trial:
        """Compare ``kept`` with the generic path on each page; its status follows."""
        candidate = Candidate(kept.label, kept.rules, check=True, trial=True)
        result = _Trial()
        for reading in await asyncio.gather(
            *(_read(self.pool, page, self.source, self.site, candidate) for page in self.pages)
        ):
            result.tried += 1
            kept.changed = True
            if reading is None or not reading.checked:
                kept.misfits += 1
                continue
            result.fitted += 1
            result.agreed += not reading.differs
            result.wrong.update(reading.differs)
            kept.compared(reading.differs)
        return result


async def learn_kind(
    kind: Kind,
    shelf: Shelf,
    pool: ExtractionPool,
    source: Source | None,
    now: datetime,
    site: SiteLines | None = None,
) -> Lesson:
    """Learn ``kind`` anew and try what was learned on its newest pages.

    The new template is believed where it passes the trial of a run, and no field comes out worse
    than by the templates in use; these are compared on the same pages, and doubted where they fail.
    """
    pages = list(kind.pages)
    # Half of them at most decide, so that three at least teach.
    number = min(MOST_EXAMPLES, max(len(pages) - FEWEST, 0), len(pages) // 2)
    taught, deciding = pages[: len(pages) - number][-MOST_EXAMPLES:], pages[len(pages) - number :]
    jury = _Jury(tuple(resting for resting, _ in deciding), pool, source, site)
    try:
        learned = await pool.submit(LearnTemplate(tuple(_examples(taught)), source, now))
    except ExtractionCrashed as error:
        learned = Learned(None, str(error))
    # Pages differ in how deep their text stands; what was learned of them says what they share.
    signatures = {kind.signature, learned.template.signature if learned.template else ""}
    in_use = [t for t in shelf.kept if t.signature in signatures and t.status != "doubted"]
    rivals = [(kept, await jury.hear(kept)) for kept in in_use]
    lesson = Lesson(kind.signature, kind.count, "nothing", beside=tuple(t.label for t in in_use))
    if learned.template is None:
        return replace(lesson, why=learned.why)
    rules = learned.template.as_json()
    new = shelf.learned(kind.signature, learned, now)
    if new is None:
        own, heard = next((t, heard) for t, heard in rivals if t.rules == rules)
        return _heard(replace(lesson, outcome="same", template=own), heard)
    heard = await jury.hear(new)
    lesson = _heard(replace(lesson, outcome="trial", template=new), heard)
    standing = [(kept, result) for kept, result in rivals if kept.status == "active"]
    for kept, result in standing:
        worse = sorted(name for name in heard.wrong if heard.wrong[name] > result.wrong[name])
        if worse:
            why = f"worse than {kept.label} in {', '.join(worse)}"
            shelf.drop(new, why)
            return replace(lesson, outcome="worse", why=why)
    if new.status == "doubted":
        shelf.drop(new, new.reason or "differs from the generic path")
        return replace(lesson, outcome="nothing", template=None, why=new.reason or "")
    if new.status == "trial":
        return lesson
    for kept, _ in standing:
        shelf.drop(kept, f"gave way to {new.label}, learned anew")
    return replace(lesson, outcome="believed", replaced=tuple(kept.label for kept, _ in standing))


def _heard(lesson: Lesson, trial: _Trial) -> Lesson:
    return replace(lesson, tried=trial.tried, fitted=trial.fitted, agreed=trial.agreed)


def _examples(pages: list[tuple[RestingPage, Article]]) -> Iterator[PackedExample]:
    for resting, article in pages:
        yield pack(resting.page, article, resting.link)


def resting_page(connection: Connection, archive: PageArchive, number: int) -> RestingPage | None:
    """The kept page of this number, with its link."""
    raw = get_page(connection, archive, number)
    if raw is None:
        return None
    due = get_link(connection, raw.link_id)
    page = Page(due.url, raw.url, raw.status, raw.headers, raw.body, raw.fetched_at)
    return RestingPage(page, link_of(due))


def resting_pages(
    connection: Connection, source: str, limit: int = MOST_PAGES
) -> list[RestingPage]:
    """The newest kept pages of ``source``, the oldest of them first."""
    archive = PageArchive()
    numbers = reversed(newest_pages(connection, source, limit))
    found = (resting_page(connection, archive, number) for number in numbers)
    return [resting for resting in found if resting is not None]


async def relearn(
    database: Database,
    name: str,
    source: Source | None,
    workers: int,
    *,
    now: Callable[[], datetime],
) -> Relearned:
    """Learn the templates of the source ``name`` anew from its kept pages, and write them.

    Args:
        database: with its pages; a process that collects the source meanwhile takes over what is
            learned when it next writes.
        name: of the source.
        source: as its file says today; ``None`` where it has none any more.
        workers: processes that read.
        now: the time of day.

    Raises:
        StorageError: the database cannot go on.
    """
    with database.reading() as connection:
        resting = resting_pages(connection, name)
        site = replace(site_lines_of(connection, name), includes_this=True)
        shelf = stored_shelf(connection, name)
    in_use = [kept for kept in shelf.kept if kept.status != "doubted"]
    kinds = Kinds()
    lessons = []
    async with ExtractionPool(workers) as pool:
        readings = await asyncio.gather(
            *(read_generically(pool, each, source, site) for each in resting)
        )
        for each, reading in zip(resting, readings, strict=True):
            kinds.add(each, reading)
        for kind in kinds.largest()[:MOST_KINDS]:
            lessons.append(await learn_kind(kind, shelf, pool, source, now(), site))
    met = {label for lesson in lessons for label in lesson.beside}
    if shelf.changed():
        database.write(lambda c: write_shelf(c, shelf))
    return Relearned(
        source=name,
        pages=kinds.pages,
        refused=kinds.refused,
        crashed=kinds.crashed,
        lessons=tuple(lessons),
        doubted=tuple((t.label, t.reason or "") for t in in_use if t.status == "doubted"),
        unseen=tuple(t.label for t in in_use if t.label not in met),
    )
