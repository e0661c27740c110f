"""The options by which articles are chosen, the same in every command, and what they mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, get_args

import typer

if TYPE_CHECKING:
    import sqlalchemy as sa

    from ingest.settings import Settings
    from storage.reading.article_filter import ArticleFilter, CreditedHouse

__all__ = [
    "Author",
    "Credited",
    "FilterOptions",
    "Kind",
    "Language",
    "Since",
    "Text",
    "Until",
    "check_sources",
    "make_filter",
]

Since = Annotated[
    str | None,
    typer.Option(
        metavar="TIME",
        help="Published from then on: 2024, 2024-05, 2024-05-03, 90d (ago), yesterday; UTC.",
    ),
]
Until = Annotated[
    str | None,
    typer.Option(metavar="TIME", help="Published by the end of that year, month or day."),
]
Language = Annotated[str | None, typer.Option(help="ISO 639-1 code, such as de.")]
Kind = Annotated[
    str | None, typer.Option(help="article, live_blog, gallery, video, opinion, press_release.")
]
Credited = Annotated[
    str | None,
    typer.Option(
        "--credited",
        "--credit",
        metavar="NAME",
        help="Credited to this house, under any of its names; else a credit's name contains it.",
    ),
]
Author = Annotated[str | None, typer.Option(help="An author's name contains this.")]
Text = Annotated[str | None, typer.Option(help="Title or text contains this.")]


@dataclass(frozen=True, slots=True)
class FilterOptions:
    """The options as they were written."""

    source: str | None = None
    since: str | None = None
    until: str | None = None
    language: str | None = None
    kind: str | None = None
    credited: str | None = None
    author: str | None = None
    text: str | None = None


def make_filter(
    connection: sa.Connection, settings: Settings, options: FilterOptions
) -> ArticleFilter:
    """The filter that the options mean.

    Raises:
        InputError: a time cannot be read.
        SettingsError: nothing has such a source, language or kind; the text names what is near.
    """
    from ingest.periods import read_span
    from storage.reading.article_filter import ArticleFilter

    begin, end = read_span(options.since, options.until)
    if options.source is not None:
        check_sources(connection, settings, [options.source])
    if options.language is not None:
        _check(connection, "language", options.language)
    if options.kind is not None:
        _check(connection, "kind", options.kind)
    return ArticleFilter(
        since=begin,
        until=end,
        source=options.source,
        language=options.language,
        kind=options.kind,
        credited=_credited(options.credited) if options.credited is not None else None,
        author=options.author,
        text=options.text,
    )


def _credited(name: str) -> CreditedHouse | str:
    """What a name means; told where that is a house of another name."""
    from ingest.cli.loudness import remark
    from ingest.houses import credited_to, find_house, namesakes

    house = find_house(name)
    if house is not None:
        others = ", ".join(f"{each.id} is {each.name}" for each in namesakes(name, house))
        if others or house.name != name:
            remark(
                f"credited to {name!r}: taken for {house.name} ({house.id}), under any of its names"
                + (f"; others are called so: {others}" if others else "")
            )
    return credited_to(name)


def check_sources(connection: sa.Connection, settings: Settings, names: Sequence[str]) -> None:
    """That each name is a source's, in the database or in the catalogue.

    Raises:
        SettingsError: one is not.
    """
    from ingest.unknown_names import unknown_name
    from storage.reading.known_names import known_sources

    known = known_sources(connection)
    if known.issuperset(names):
        return
    from sources.catalogue import Catalogue

    known |= set(Catalogue.load(settings.sources_folder).names())
    for name in names:
        if name not in known:
            raise unknown_name("source", name, known)


def _check(connection: sa.Connection, column: str, value: str) -> None:
    from ingest.unknown_names import unknown_name
    from storage.article import ArticleKind
    from storage.reading.known_names import has_articles, known_values

    named: set[str] = set(get_args(ArticleKind)) if column == "kind" else set()
    if value not in named and not has_articles(connection, column, value):
        raise unknown_name(column, value, named.union(known_values(connection, column)))
