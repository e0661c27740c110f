"""``copydesk db``: the database itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ingest.cli.commands import Commands
from ingest.cli.options import Json, settings

__all__ = ["db_app"]

db_app = Commands(help="The database itself.", no_args_is_help=True)


@db_app.command("upgrade")
def upgrade() -> None:
    """Create the database, or bring its schema and its indices up to this version."""
    from ingest.cli.database.commands import upgrade_database

    raise typer.Exit(upgrade_database(settings()))


@db_app.command("check")
def check(json: Json = False) -> None:
    """Look whether everything in the database holds together; 1 where something does not."""
    from ingest.cli.database.commands import check_whole

    raise typer.Exit(check_whole(settings(), as_json=json))


@db_app.command("stats")
def stats(json: Json = False) -> None:
    """Show rows and bytes by table, and what the raw pages take."""
    from ingest.cli.database.commands import show_statistics

    raise typer.Exit(show_statistics(settings(), as_json=json))


@db_app.command("vacuum")
def vacuum() -> None:
    """Give free space back to the disk; on SQLite nothing else may run meanwhile."""
    from ingest.cli.database.commands import vacuum_database

    raise typer.Exit(vacuum_database(settings()))


@db_app.command("backup")
def backup(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="To be written; .gz or .zst is compressed."),
    ],
    json: Json = False,
) -> None:
    """Write all of the database into one file, while others write to it, and check it."""
    from ingest.cli.database.backup import back_up_database

    raise typer.Exit(back_up_database(settings(), file, as_json=json))


@db_app.command("restore")
def restore(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="That `copydesk db backup` has written.")
    ],
    replace: Annotated[
        bool, typer.Option("--replace", help="Also where the database holds something.")
    ] = False,
    json: Json = False,
) -> None:
    """Put a backup back as the database; no daemon may run meanwhile."""
    from ingest.cli.database.backup import restore_database

    raise typer.Exit(restore_database(settings(), file, replace=replace, as_json=json))


@db_app.command("copy")
def copy(
    origin: Annotated[str, typer.Argument(metavar="FROM", help="SQLite file or address.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="SQLite file or address.")],
) -> None:
    """Copy a database, SQLite to PostgreSQL or back; the same command goes on after a stop."""
    from ingest.cli.database.commands import copy_whole

    raise typer.Exit(copy_whole(origin, target))
