"""Every command: its options, its help, and the one place where errors become exit codes."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from ingest.cli.database.app import db_app
from ingest.cli.options import Json, Names, given
from ingest.cli.options import settings as _settings
from ingest.cli.reading.app import pages_app, reading_app
from ingest.cli.reading.filters import (
    Author,
    Credited,
    FilterOptions,
    Kind,
    Language,
    OneSource,
    Since,
    Text,
    Until,
)
from ingest.cli.templates.app import templates_app

__all__ = ["app", "run"]

app = typer.Typer(
    name="copydesk",
    help="News ingestion: finds new articles, downloads them politely, strikes the site chrome, "
    "reads the credits, files one copy of each story.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
sources_app = typer.Typer(
    help="The publishers: which there are, which are on, do they work.", no_args_is_help=True
)
app.add_typer(sources_app, name="sources")
app.add_typer(db_app, name="db")


@app.callback(invoke_without_command=True)
def _global_options(
    context: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option(help="Settings file [default: copydesk.toml here, or $COPYDESK_CONFIG]."),
    ] = None,
    database: Annotated[
        str | None, typer.Option(help="SQLite file or SQLAlchemy URL; wins over the settings.")
    ] = None,
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    given.config = config
    given.database = database
    if version:
        from importlib.metadata import version as installed

        typer.echo(f"copydesk {installed('copydesk')}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(2)


@app.command()
def extract(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE|FOLDER|URL|-...",
            help="Pages or text dumps, gzipped or not; - reads standard input.",
        ),
    ],
    url: Annotated[str | None, typer.Option(help="Address that a single file came from.")] = None,
    json: Json = False,
    struck: Annotated[
        bool, typer.Option("--struck", help="Also show what was struck, with reasons.")
    ] = False,
    explain: Annotated[
        bool,
        typer.Option("--explain", help="Show the page block by block: kept or struck, and why."),
    ] = False,
    html: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the explanation of one page as a coloured page."),
    ] = None,
) -> None:
    """Show what extraction makes of pages, without a database."""
    from ingest.cli.collecting.extract import Shown, extract_inputs

    shown = Shown(as_json=json, struck=struck, explain=explain, html=html)
    raise typer.Exit(extract_inputs(inputs, url, shown=shown, settings=_settings()))


@app.command("run")
def run_command(
    names: Names = None,
    json: Json = False,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Pages at most from each source in this run.")
    ] = None,
) -> None:
    """Collect the selected sources once (or the sources named, selected or not)."""
    from ingest.cli.collecting.run import run_once
    from ingest.workers.allocator import keep_heap_small

    keep_heap_small()
    raise typer.Exit(run_once(names or [], _settings(), as_json=json, limit=limit))


@app.command()
def daemon(
    json: Annotated[bool, typer.Option("--json", help="Log as JSON lines.")] = False,
) -> None:
    """Collect the selected sources on their schedules until SIGTERM."""
    from ingest.cli.collecting.run import run_daemon
    from ingest.workers.allocator import keep_heap_small

    keep_heap_small()
    raise typer.Exit(run_daemon(given.config, given.database, as_json=json))


@app.command()
def backfill(
    names: Annotated[list[str], typer.Argument(metavar="SOURCE...", help="Names of sources.")],
    since: Annotated[
        str | None,
        typer.Option(help="Articles from then on: 2024, 2024-05, 2024-05-03, or 90d (ago)."),
    ] = None,
    until: Annotated[
        str | None, typer.Option(help="Articles to the end of that year, month or day.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Pages at most; the same command goes on later.")
    ] = None,
    via: Annotated[
        str | None,
        typer.Option(help="wordpress, ghost, sitemap, feed, listing, cdx, warc or folder."),
    ] = None,
    address: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="ADDRESS",
            help="With --via: the address (or file, or folder) to read instead of what is known.",
        ),
    ] = None,
    oldest_first: Annotated[
        bool, typer.Option("--oldest-first", help="Instead of newest first.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say how many links, by month, and how long; no more.")
    ] = False,
    forget: Annotated[
        bool, typer.Option("--forget", help="Drop what is planned and not fetched yet.")
    ] = False,
    json: Json = False,
) -> None:
    """Fetch the archive of sources; the same command goes on where it stood."""
    from ingest.cli.collecting.backfill import backfill_sources, forget_backfills, make_request
    from ingest.workers.allocator import keep_heap_small

    if forget:
        raise typer.Exit(forget_backfills(names, _settings()))
    request = make_request(
        since=since, until=until, via=via, address=address, limit=limit, oldest_first=oldest_first
    )
    keep_heap_small()
    raise typer.Exit(backfill_sources(names, _settings(), request, dry_run=dry_run, as_json=json))


@app.command("add")
def add_command(
    url: Annotated[
        str, typer.Argument(metavar="URL", help="A front page, section, article, feed or sitemap.")
    ],
    name: Annotated[
        str | None, typer.Option(help="Name of the source [default: from its title].")
    ] = None,
    articles: Annotated[int, typer.Option(min=0, max=50, help="Articles to fetch and show.")] = 5,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Write nothing; print the source file instead.")
    ] = False,
    enable: Annotated[
        bool, typer.Option("--enable/--no-enable", help="Switch the source on.")
    ] = True,
    force: Annotated[
        bool, typer.Option("--force", help="Replace a file of that name; write a known site again.")
    ] = False,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="The site may lie in a private network.")
    ] = False,
    json: Json = False,
) -> None:
    """Find the source behind an address, show its articles, write its file, switch it on."""
    from ingest.cli.sources.add import AddOptions, add_source

    options = AddOptions(name, articles, dry_run, enable, force, allow_private, json)
    raise typer.Exit(add_source(_settings(), given.config, url, options))


@app.command()
def articles(
    source: OneSource = None,
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
    raise typer.Exit(list_filed(_settings(), options, limit=limit, offset=offset, as_json=json))


@app.command()
def show(
    article_id: Annotated[int, typer.Argument(metavar="ID", help="Number of an article.")],
    struck: Annotated[
        bool, typer.Option("--struck", help="Also show what was struck, with reasons.")
    ] = False,
    json: Json = False,
) -> None:
    """Show one article with its credits, addresses and revisions."""
    from ingest.cli.reading.articles import show_article

    raise typer.Exit(show_article(_settings(), article_id, struck=struck, as_json=json))


@app.command()
def status(
    names: Names = None,
    json: Json = False,
    problems: Annotated[
        int, typer.Option(min=0, help="Links in trouble to show for each source named.")
    ] = 10,
) -> None:
    """Show how each source is doing: articles, links, last success, last error."""
    from ingest.cli.reading.articles import show_status

    raise typer.Exit(show_status(_settings(), names or [], problems=problems, as_json=json))


@app.command()
def clean(
    names: Names = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Change nothing; say what would change.")
    ] = False,
    json: Json = False,
) -> None:
    """Strike from filed articles the lines that have turned out to be their site's."""
    from ingest.cli.collecting.clean import clean_filed

    raise typer.Exit(clean_filed(_settings(), names or [], dry_run=dry_run, as_json=json))


@app.command()
def demo(
    keep: Annotated[Path, typer.Option(help="SQLite file to make (replaced).")] = Path(
        "copydesk-demo.sqlite3"
    ),
    json: Json = False,
) -> None:
    """Collect the bundled fixture sites over loopback HTTP, twice, and show what came of it."""
    from ingest.cli.collecting.demo import run_demo

    raise typer.Exit(run_demo(keep, as_json=json))


@sources_app.command("list")
def sources_list(
    all_sources: Annotated[
        bool, typer.Option("--all", help="Also those that are not switched on.")
    ] = False,
    country: Annotated[str | None, typer.Option(help="ISO 3166-1 code, such as DE.")] = None,
    language: Annotated[str | None, typer.Option(help="ISO 639-1 code, such as de.")] = None,
    json: Json = False,
) -> None:
    """List the sources that are switched on (or, with --all, every one known)."""
    from ingest.cli.sources.sources import list_sources

    raise typer.Exit(
        list_sources(
            _settings(), all_sources=all_sources, country=country, language=language, as_json=json
        )
    )


@sources_app.command("show")
def sources_show(
    name: Annotated[str, typer.Argument(help="Name of a source.")], json: Json = False
) -> None:
    """Show one source as it is in force, its platform's preset applied."""
    from ingest.cli.sources.sources import show_source

    raise typer.Exit(show_source(_settings(), name, as_json=json))


@sources_app.command("check")
def sources_check(names: Names = None, json: Json = False) -> None:
    """Try sources: read each endpoint, fetch one article, show what extraction makes of it."""
    from ingest.cli.sources.sources import check_sources

    raise typer.Exit(check_sources(_settings(), names or [], as_json=json))


@sources_app.command("enable")
def sources_enable(
    names: Names = None,
    country: Annotated[
        list[str] | None, typer.Option(help="Every source of this country; may be repeated.")
    ] = None,
    language: Annotated[
        list[str] | None, typer.Option(help="Every source in this language; may be repeated.")
    ] = None,
) -> None:
    """Switch sources on, in copydesk.toml."""
    from ingest.cli.sources.sources import change_selection

    raise typer.Exit(
        change_selection(
            _settings(), given.config, names or [], country or [], language or [], enable=True
        )
    )


@sources_app.command("disable")
def sources_disable(
    names: Names = None,
    country: Annotated[
        list[str] | None, typer.Option(help="Every source of this country; may be repeated.")
    ] = None,
    language: Annotated[
        list[str] | None, typer.Option(help="Every source in this language; may be repeated.")
    ] = None,
) -> None:
    """Switch sources off, in copydesk.toml."""
    from ingest.cli.sources.sources import change_selection

    raise typer.Exit(
        change_selection(
            _settings(), given.config, names or [], country or [], language or [], enable=False
        )
    )


@sources_app.command("import")
def sources_import(
    file: Annotated[str, typer.Argument(metavar="FILE.opml", help="OPML; - reads standard input.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Write nothing; say what would be written.")
    ] = False,
    enable: Annotated[
        bool, typer.Option("--enable/--no-enable", help="Switch the sources of the file on.")
    ] = True,
) -> None:
    """Write source files for the feeds of an OPML file, one a site."""
    from ingest.cli.sources.opml import import_opml

    raise typer.Exit(import_opml(_settings(), given.config, file, dry_run=dry_run, enable=enable))


@sources_app.command("export")
def sources_export(
    file: Annotated[
        str, typer.Argument(metavar="FILE.opml", help="To be written; - writes standard output.")
    ],
    all_sources: Annotated[
        bool, typer.Option("--all", help="Also those that are not switched on.")
    ] = False,
) -> None:
    """Write the feeds of the sources that are switched on as OPML."""
    from ingest.cli.sources.opml import export_opml

    raise typer.Exit(export_opml(_settings(), file, all_sources=all_sources))


# The commands that read what is filed, behind those that collect.
app.add_typer(reading_app)
app.add_typer(pages_app, name="pages")
app.add_typer(templates_app, name="templates")


def run(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code; errors of ours become one line on stderr."""
    # Imported late: an error that is none of ours needs none of this.
    from ingest.errors import EXIT_INTERRUPTED, EXIT_OK, IngestError, exit_code
    from sources.errors import SourcesError
    from storage.errors import StorageError

    try:
        app(arguments)
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else EXIT_OK
    except KeyboardInterrupt:
        print("copydesk: interrupted", file=sys.stderr)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader (head, less) has seen enough; keep the interpreter from saying so again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except (SourcesError, StorageError, IngestError) as error:
        print(f"copydesk: {error}", file=sys.stderr)
        return exit_code(error)
    return EXIT_OK
