"""The commands that read what is filed: articles, show, search, stories, changes, diff, export, pages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ingest.cli.commands import Commands
from ingest.cli.options import Json, Names, OnlySource, settings
from ingest.cli.reading.filters import (
    Author,
    Credited,
    FilterOptions,
    Kind,
    Language,
    Since,
    Text,
    Until,
)

__all__ = ["pages_app", "reading_app"]

reading_app = Commands()
pages_app = Commands(help="Raw pages, as they were downloaded.", no_args_is_help=True)


@reading_app.command()
def articles(
    source: OnlySource = None,
    since: Since = None,
    until: Until = None,
    language: Language = None,
    kind: Kind = None,
    credited: Credited = None,
    author: Author = None,
    text: Text = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, newest first.")] = 20,
    offset: Annotated[int, typer.Option(min=0, help="How many to pass over.")] = 0,
    json: Json = False,
) -> None:
    """List what was filed, newest first."""
    from ingest.cli.reading.articles import list_filed

    options = FilterOptions(source, since, until, language, kind, credited, author, text)
    raise typer.Exit(list_filed(settings(), options, limit=limit, offset=offset, as_json=json))


@reading_app.command()
def show(
    article_id: Annotated[int, typer.Argument(metavar="ID", help="Number of an article.")],
    struck: Annotated[
        bool, typer.Option("--struck", help="Also show what was struck, with reasons.")
    ] = False,
    json: Json = False,
) -> None:
    """Show one article with its credits, addresses and revisions."""
    from ingest.cli.reading.articles import show_article

    raise typer.Exit(show_article(settings(), article_id, struck=struck, as_json=json))


@reading_app.command()
def search(
    query: Annotated[
        list[str],
        typer.Argument(
            metavar="QUERY...",
            help='Words, "phrases", -not, title: text: author: credit:, begin*.',
        ),
    ],
    source: OnlySource = None,
    since: Since = None,
    until: Until = None,
    language: Language = None,
    kind: Kind = None,
    credited: Credited = None,
    author: Author = None,
    newest: Annotated[bool, typer.Option("--newest", help="The newest first, unranked.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="How many.")] = 10,
    offset: Annotated[int, typer.Option(min=0, help="How many to pass over.")] = 0,
    json: Json = False,
) -> None:
    """Find articles by their words, the best first. After -- a query may begin with a -."""
    from ingest.cli.reading.search import search_filed

    options = FilterOptions(source, since, until, language, kind, credited, author)
    raise typer.Exit(
        search_filed(
            settings(),
            " ".join(query),
            options,
            newest=newest,
            limit=limit,
            offset=offset,
            as_json=json,
        )
    )


@reading_app.command()
def stories(
    story_id: Annotated[
        int | None, typer.Argument(metavar="[ID]", help="Show the articles of this story.")
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            metavar="TIME",
            help="Something joined from then on: 2024-05-03, 90d (ago), yesterday; UTC.",
        ),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Nothing joined after that year, month or day."),
    ] = None,
    source: OnlySource = None,
    language: Language = None,
    kind: Kind = None,
    credited: Credited = None,
    author: Author = None,
    text: Text = None,
    sources: Annotated[int, typer.Option(min=1, help="In at least so many sources.")] = 1,
    limit: Annotated[int, typer.Option(min=1, help="How many, the latest first.")] = 20,
    json: Json = False,
) -> None:
    """List texts that several articles carry (one of them passes every filter), or show those of one."""
    from ingest.cli.reading.stories import list_found, show_story

    if story_id is not None:
        raise typer.Exit(show_story(settings(), story_id, as_json=json))
    options = FilterOptions(source, since, until, language, kind, credited, author, text)
    raise typer.Exit(list_found(settings(), options, sources=sources, limit=limit, as_json=json))


@reading_app.command()
def diff(
    article_id: Annotated[int, typer.Argument(metavar="ID", help="Number of an article.")],
    revision: Annotated[
        int | None, typer.Option(min=1, help="Earlier text to compare [default: the last].")
    ] = None,
    to: Annotated[
        int | None, typer.Option("--to", min=2, help="Text to compare it with [default: today's].")
    ] = None,
    json: Json = False,
) -> None:
    """Show what was changed in an article, word by word: [-gone-] {+new+}."""
    from ingest.cli.reading.diff import show_diff

    raise typer.Exit(show_diff(settings(), article_id, revision, to, as_json=json))


@reading_app.command()
def changes(
    since: Annotated[
        int, typer.Option(metavar="CURSOR", min=0, help="Number of the last change seen.")
    ] = 0,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Wait for more, until interrupted.")
    ] = False,
    source: OnlySource = None,
    kind: Annotated[
        list[str] | None, typer.Option(help="filed, revised, withdrawn, ...; may be repeated.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="How many at most.")] = None,
    json: Json = False,
) -> None:
    """Say what happened to articles after a cursor, in the order of commits, each thing once."""
    from ingest.cli.reading.changes import print_changes

    raise typer.Exit(
        print_changes(
            settings(),
            since,
            follow=follow,
            source=source,
            kinds=kind or [],
            limit=limit,
            as_json=json,
        )
    )


@reading_app.command()
def export(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="To be written; - writes standard output.")
    ],
    form: Annotated[
        str | None,
        typer.Option("--format", help="jsonl, csv, parquet or atom [default: from the name]."),
    ] = None,
    source: OnlySource = None,
    since: Since = None,
    until: Until = None,
    language: Language = None,
    kind: Kind = None,
    credited: Credited = None,
    author: Author = None,
    text: Text = None,
    cursor: Annotated[
        int | None, typer.Option(min=0, help="Only articles that changed after this change.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="How many at most [of an Atom feed: 50].")
    ] = None,
    raw: Annotated[
        bool,
        typer.Option("--raw", help="CSV without an apostrophe before what looks like a formula."),
    ] = False,
) -> None:
    """Write articles to a file: JSONL, CSV, Parquet, or an Atom feed of the newest."""
    from ingest.cli.reading.export import export_articles

    raise typer.Exit(
        export_articles(
            settings(),
            file,
            form,
            FilterOptions(source, since, until, language, kind, credited, author, text),
            cursor=cursor,
            limit=limit,
            raw=raw,
        )
    )


@reading_app.command()
def reextract(
    names: Names = None,
    since: Annotated[
        str | None,
        typer.Option(
            metavar="TIME", help="Pages fetched from then on: 2024-05, 2024-05-03, or 90d."
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Read the kept pages of sources again, without a request; goes on after a stop."""
    from ingest.cli.reading.pages import read_again

    raise typer.Exit(read_again(settings(), names or [], since, as_json=json))


@pages_app.command("export")
def pages_export(
    file: Annotated[Path, typer.Argument(metavar="FILE.warc.gz", help="To be written.")],
    names: Names = None,
    since: Annotated[
        str | None,
        typer.Option(
            metavar="TIME", help="Pages fetched from then on: 2024-05, 2024-05-03, or 90d."
        ),
    ] = None,
) -> None:
    """Write kept pages as a WARC file."""
    from ingest.cli.reading.pages import export_warc

    raise typer.Exit(export_warc(settings(), file, names or [], since))


@pages_app.command("show")
def pages_show(
    article_id: Annotated[int, typer.Argument(metavar="ID", help="Number of an article.")],
) -> None:
    """Write the newest kept page of an article to standard output, byte for byte."""
    from ingest.cli.reading.pages import show_page

    raise typer.Exit(show_page(settings(), article_id))
