"""Templates through whole runs: discovery, download, extraction and a real database.

The pages are those of ``bench/pipeline``: real platforms' markup with known truth.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
import sqlalchemy as sa

from bench.pipeline.designs import DESIGNS
from bench.pipeline.made_articles import made_article
from bench.pipeline.page_parts import markup_of
from bench.pipeline.papers import Paper, number_in
from bench.pipeline.quality import FiledArticle, compare
from bench.pipeline.sites import HOSTILE, Site, hostile_sites
from ingest.run import RunReport
from ingest.templates.shelf import MOST_KEPT
from sources.source import Endpoint, FetchRules, Source
from storage.database import Database
from tests.conftest import Answer

pytestmark = pytest.mark.long

Collect = Callable[..., RunReport]


@dataclass
class Newspaper:
    """A site of ``bench/pipeline`` that can change while it is read."""

    paper: Paper
    numbers: list[int]
    #: (numbers asked for before, number) to the page.
    page: Callable[[int, int], str]
    asked: list[int] = field(default_factory=list)

    @property
    def source(self) -> Source:
        return Source(
            name=self.paper.name,
            home=self.paper.home,
            title=self.paper.title,
            language=self.paper.language,
            endpoints=(Endpoint("sitemap", f"{self.paper.home}/sitemap.xml"),),
            fetch=FetchRules(delay=0.0, concurrency=1),
        )

    def open(self, site: Any) -> None:
        """Have the loopback server answer for it."""
        entries = "".join(f"<url><loc>{self.paper.url_of(n)}</loc></url>" for n in self.numbers)
        site.put(
            f"{self.paper.home}/sitemap.xml",
            f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>',
            content_type="application/xml",
        )

        def elsewhere(host: str, path: str) -> Answer | None:
            number = number_in(path)
            if host != self.paper.host or number is None:
                return None
            self.asked.append(number)
            body = self.page(len(self.asked) - 1, number)
            return Answer(body.encode(), 200, {"content-type": "text/html; charset=utf-8"})

        site.elsewhere = elsewhere


def filed(database: Database) -> list[tuple[int, str, FiledArticle]]:
    """Number, extractor and article, in the order in which they were filed."""
    query = "select url, extractor, title, text from articles order by id"
    with database.reading() as connection:
        rows = list(connection.execute(sa.text(query)))
    return [
        (number_in(row.url) or 0, row.extractor, FiledArticle(row.text, row.title)) for row in rows
    ]


def templates(database: Database) -> list[Any]:
    with database.reading() as connection:
        return list(connection.execute(sa.text("select * from templates order by made_at")))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("wordpress-classic", "fusion"),
        ("drupal", "amp"),
        ("fusion", "ghost"),
        ("ghost", "next-js"),
        ("next-js", "wordpress-blocks"),
        ("hand-made", "drupal"),
        ("amp", "hand-made"),
    ],
)
def test_a_site_that_changes_its_design_in_a_run_is_filed_right_and_learned_anew(
    old: str, new: str, site: Any, database: Database, collect: Collect
) -> None:
    paper = Paper("turning-post", "The Turning Post", "en", "/news/{slug}-{number}")
    before, after = DESIGNS[old](paper), DESIGNS[new](paper)
    change = 30

    def page(place: int, number: int) -> str:
        return markup_of(
            (before if place < change else after).page(
                made_article(paper.name, paper.language, number)
            )
        )

    newspaper = Newspaper(paper, list(range(80)), page)
    newspaper.open(site)
    collect(newspaper.source)
    rows = filed(database)
    assert len(rows) == 80
    redesigned = set(newspaper.asked[change:])
    for number, extractor, article in rows:
        quality = compare(made_article(paper.name, paper.language, number), article)
        assert not quality.wrong, (number, extractor, quality)
        assert not quality.lost, (number, extractor, quality)
        assert quality.title, (number, extractor, article.title)
    made_by = [extractor for number, extractor, _ in rows if number not in redesigned]
    made_by_new = [extractor for number, extractor, _ in rows if number in redesigned]
    assert any(extractor.startswith("template:") for extractor in made_by)
    believed = [
        n for n, name in enumerate(made_by_new) if name.startswith("template:") and name not in made_by
    ]  # fmt: skip
    assert believed
    # Six to nine pages, up to thirty where the first ones are of many kinds.
    assert believed[0] <= 35, made_by_new
    latest = [name for name in made_by_new if name.startswith("template:")][-1]
    [new_one] = [
        row for row in templates(database) if f"template:{row.name}@{row.version}" == latest
    ]
    # A rarer kind of article may have cast doubt on it at last; what was filed is right all the same.
    assert new_one.status in ("active", "doubted")


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_site_costs_no_wrong_article_and_no_endless_templates(
    kind: str, site: Any, database: Database, collect: Collect
) -> None:
    [hostile] = [found for found in hostile_sites() if found.hostility == kind]
    newspaper = Newspaper(hostile.paper, list(range(40)), lambda _, n: markup_of(hostile.page(n)))
    newspaper.open(site)
    collect(newspaper.source)
    rows = filed(database)
    wanted = {"same_text": 1, "empty": 0, "own_markup": 40}
    assert len(rows) == wanted[kind]
    for number, extractor, article in rows:
        quality = compare(hostile.article(number), article)
        assert not quality.wrong, (number, extractor, quality)
    assert len(templates(database)) <= MOST_KEPT


def test_a_site_whose_texts_go_away_in_a_run_files_none_of_the_empty_pages(
    site: Any, database: Database, collect: Collect
) -> None:
    paper = Paper("fading-post", "The Fading Post", "en", "/news/{slug}-{number}")
    full = Site(paper, "fusion")
    empty = Site(paper, "fusion", hostility="empty")
    change = 25

    def page(place: int, number: int) -> str:
        return markup_of((full if place < change else empty).page(number))

    newspaper = Newspaper(paper, list(range(40)), page)
    newspaper.open(site)
    collect(newspaper.source)
    rows = filed(database)
    assert {number for number, _, _ in rows} == set(newspaper.asked[:change])
    assert any(extractor.startswith("template:") for _, extractor, _ in rows)
