"""``copydesk retry``: ask again for links that were refused or given up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ingest.catalogue.selection import names_switched_on
from ingest.cli.collected_sources import check_collected
from ingest.errors import EXIT_OK
from ingest.pipeline.asking_again import AskedAgain, ask_again
from storage.database import Database

if TYPE_CHECKING:
    from ingest.settings import Settings
    from storage.links.asking_again import States

__all__ = ["retry_links"]


def retry_links(
    settings: Settings,
    source: str,
    *,
    refused: bool,
    given_up: bool,
    reasons: Sequence[str],
    since: str | None,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Have links of ``source`` fetched by its next poll: refused ones, given up ones, or both.

    Raises:
        InputError: ``since`` is no time.
        SettingsError: the source was never collected.
    """
    begin = None
    if since is not None:
        from ingest.periods import read_begin

        begin = read_begin("--since", since)
    # Who has given up on some has others that wait for hours.
    both = refused == given_up
    states: States = (
        ("refused", "given_up", "failed")
        if both
        else ("refused",)
        if refused
        else ("given_up", "failed")
    )
    catalogue, _ = names_switched_on(settings)
    with Database.open(settings.database, create=False, read_only=dry_run) as database:
        with database.reading() as connection:
            check_collected(connection, [source], database.address, catalogue)
        asked = ask_again(database, source, states, reasons=reasons, since=begin, dry_run=dry_run)
    if as_json:
        from ingest.views.json_values import json_line

        value = {"links": asked.links, "reasons": asked.reasons, "dry_run": dry_run}
        print(json_line({"source": source, **value}))
    else:
        print(_line(asked, dry_run=dry_run))
    return EXIT_OK


def _line(asked: AskedAgain, *, dry_run: bool) -> str:
    if not asked.links:
        return f"{asked.source}: no link is to be asked for again"
    reasons = ", ".join(f"{count} {reason}" for reason, count in asked.reasons.items())
    number = "1 link" if asked.links == 1 else f"{asked.links} links"
    if dry_run:
        return f"{asked.source}: {number} would be asked for again: {reasons}"
    return (
        f"{asked.source}: {number} will be asked for again by the next poll"
        f" (`copydesk poll {asked.source}` has it come at once): {reasons}"
    )
