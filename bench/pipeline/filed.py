"""What a run left in its database: articles beside their truth, templates, the ends of links."""

from __future__ import annotations

import contextlib
import json
import re
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.pipeline.papers import number_in
from bench.pipeline.quality import FiledArticle, TextQuality, compare
from bench.pipeline.sites import Site

__all__ = ["FiledRow", "filed_rows", "kept_templates", "link_states"]


@dataclass(frozen=True, slots=True)
class FiledRow:
    """An article in the database, and how good it is."""

    #: Its place in the order in which they were filed.
    place: int
    source: str
    number: int
    #: ``article@1`` where a template made it.
    template: str | None
    quality: TextQuality


def filed_rows(folder: Path, papers: Sequence[Site], articles: int | None = None) -> list[FiledRow]:
    """The filed articles beside their truth; those below number ``articles`` where it is given."""
    by_host = {site.paper.host: site for site in papers}
    rows: list[FiledRow] = []
    for place, (url, extractor, filed) in enumerate(_filed(folder)):
        site = by_host[re.sub(r"^https?://([^/:]+).*", r"\1", url)]
        number = number_in(url)
        if number is None or (articles is not None and number >= articles):
            continue
        template = extractor.partition("template:")[2] or None
        quality = compare(site.article(number), filed)
        rows.append(FiledRow(place, site.paper.name, number, template, quality))
    return rows


def _filed(folder: Path) -> Iterable[tuple[str, str, FiledArticle]]:
    """Address, extractor and article, in the order in which they were filed."""
    plain = folder / "plain.sqlite3"
    if plain.exists():
        for url, title, author, date, text in _query(
            plain, "select url, title, author, date, text from articles order by id"
        ):
            authors = tuple(name.strip() for name in (author or "").split(";") if name.strip())
            yield url, "plain", FiledArticle(text, title, authors, date)
        return
    for url, title, authors, published, text, extractor in _query(
        folder / "copydesk.sqlite3",
        "select coalesce(url, key), title, authors, published, text, extractor from articles order by id",
    ):
        yield url, extractor, FiledArticle(text, title, tuple(json.loads(authors)), published)


def _query(database: Path, query: str) -> list[Any]:
    with contextlib.closing(sqlite3.connect(database)) as connection:
        return connection.execute(query).fetchall()


def kept_templates(folder: Path) -> list[dict[str, object]]:
    """What the database says of each template, in the order in which they were made."""
    names = ("source", "name", "version", "status", "support", "checked", "agreed", "applied", "misfits", "replaces", "reason")  # fmt: skip
    database = folder / "copydesk.sqlite3"
    if not database.exists():
        return []
    rows = _query(
        database,
        f"select {', '.join(names)} from templates order by made_at, name, version",
    )
    return [dict(zip(names, row, strict=True)) for row in rows]


def link_states(folder: Path) -> dict[str, int]:
    """How the links ended."""
    rows = _query(
        folder / "copydesk.sqlite3",
        "select state || coalesce(' ' || reason, ''), count(*) from links group by 1 order by 2 desc",
    )
    return dict(rows)
