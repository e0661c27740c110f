"""The commands that collect, or show how it goes: signatures and help; the work is beside this file, or in ``reading``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ingest.cli.commands import Commands
from ingest.cli.options import DryRun, Json, Name, Names, SomeNames, Struck, given, settings

__all__ = ["collecting_app"]

collecting_app = Commands()


@collecting_app.command()
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
    struck: Struck = False,
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
    raise typer.Exit(extract_inputs(inputs, url, shown=shown, settings=settings()))


@collecting_app.command("run")
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
    raise typer.Exit(run_once(names or [], settings(), as_json=json, limit=limit))


@collecting_app.command()
def daemon(
    json: Annotated[bool, typer.Option("--json", help="Log as JSON lines.")] = False,
    install_unit: Annotated[
        bool,
        typer.Option("--install-unit", help="Write a unit of systemd that runs it, and no more."),
    ] = False,
    of_machine: Annotated[
        bool | None,
        typer.Option(
            "--system/--user",
            help="With --install-unit: of the machine, or your own [default: the first for root].",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="With --install-unit: print it, write nothing.")
    ] = False,
) -> None:
    """Collect the selected sources on their schedules until SIGTERM."""
    if install_unit:
        from ingest.cli.running.unit import install_unit as install

        raise typer.Exit(
            install(given.config, given.database, of_machine=of_machine, dry_run=dry_run)
        )
    if dry_run or of_machine is not None:
        raise typer.BadParameter("--dry-run, --system and --user go with --install-unit")
    from ingest.cli.collecting.run import run_daemon
    from ingest.workers.allocator import keep_heap_small

    keep_heap_small()
    raise typer.Exit(run_daemon(given.config, given.database, as_json=json))


@collecting_app.command("pause")
def pause_command(names: SomeNames) -> None:
    """Have the daemon leave sources alone until they are resumed, over its restarts too."""
    from ingest.cli.collecting.wishes import pause_sources

    raise typer.Exit(pause_sources(settings(), names))


@collecting_app.command("resume")
def resume_command(names: SomeNames) -> None:
    """Have the daemon poll paused sources again, and soon."""
    from ingest.cli.collecting.wishes import resume_sources

    raise typer.Exit(resume_sources(settings(), names))


@collecting_app.command()
def retry(
    name: Name,
    refused: Annotated[
        bool, typer.Option("--refused", help="Only links whose pages were no articles.")
    ] = False,
    given_up: Annotated[
        bool,
        typer.Option("--given-up", help="Only links that failed too often, or wait to be tried."),
    ] = False,
    reason: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WORD", help="Only of this reason, such as login_wall; may be repeated."
        ),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            metavar="TIME", help="Dealt with from then on: 2024-05, 2024-05-03, or 6h (ago)."
        ),
    ] = None,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Ask again for links of a source that brought nothing, once a wall has gone or a rule was mended."""
    from ingest.cli.collecting.retry import retry_links

    raise typer.Exit(
        retry_links(
            settings(),
            name,
            refused=refused,
            given_up=given_up,
            reasons=reason or [],
            since=since,
            dry_run=dry_run,
            as_json=json,
        )
    )


@collecting_app.command("poll")
def poll_command(names: SomeNames) -> None:
    """Have the running daemon poll sources at once, paused ones too."""
    from ingest.cli.collecting.wishes import poll_sources

    raise typer.Exit(poll_sources(settings(), names))


@collecting_app.command()
def backfill(
    names: SomeNames,
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
        raise typer.Exit(forget_backfills(names, settings()))
    request = make_request(
        since=since, until=until, via=via, address=address, limit=limit, oldest_first=oldest_first
    )
    keep_heap_small()
    raise typer.Exit(backfill_sources(names, settings(), request, dry_run=dry_run, as_json=json))


@collecting_app.command()
def status(
    names: Names = None,
    json: Json = False,
    problems: Annotated[
        int, typer.Option(min=0, help="Links in trouble to show for each source named.")
    ] = 10,
) -> None:
    """Show how each source is: its state and why, what comes beside what is usual, what to do."""
    from ingest.cli.reading.status import show_status

    raise typer.Exit(show_status(settings(), names or [], problems=problems, as_json=json))


@collecting_app.command()
def clean(
    names: Names = None,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Strike from filed articles the lines that have turned out to be their site's."""
    from ingest.cli.collecting.clean import clean_filed

    raise typer.Exit(clean_filed(settings(), names or [], dry_run=dry_run, as_json=json))


@collecting_app.command()
def demo(
    keep: Annotated[Path, typer.Option(help="SQLite file to make (replaced).")] = Path(
        "copydesk-demo.sqlite3"
    ),
    serve: Annotated[
        bool, typer.Option("--serve", help="Keep the sites up until Ctrl-C, to try commands on.")
    ] = False,
    folder: Annotated[
        Path, typer.Option(help="With --serve: where settings that reach the sites are written.")
    ] = Path("copydesk-demo"),
    json: Json = False,
) -> None:
    """Collect the bundled fixture sites over loopback HTTP, twice, and show what came of it."""
    from ingest.cli.collecting.demo import run_demo

    raise typer.Exit(run_demo(keep, folder if serve else None, as_json=json))
