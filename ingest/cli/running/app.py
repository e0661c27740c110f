"""Whether all is as it should be where the daemon runs: signatures and help."""

from __future__ import annotations

from typing import Annotated

import typer

from ingest.cli.commands import Commands
from ingest.cli.options import Json, given

__all__ = ["running_app"]

running_app = Commands()


@running_app.command()
def doctor(
    offline: Annotated[
        bool, typer.Option("--offline", help="Leave out what touches the network.")
    ] = False,
    json: Json = False,
) -> None:
    """Look at settings, database, disk, clock, network and versions; each fault with its remedy."""
    from ingest.cli.running.doctor import examine

    raise typer.Exit(examine(given.config, given.database, offline=offline, as_json=json))


@running_app.command()
def healthcheck() -> None:
    """Say whether the daemon is alive: 0 where it is, 1 where not; for containers."""
    from ingest.cli.running.healthcheck import check_health

    raise typer.Exit(check_health(given.config, given.database))
