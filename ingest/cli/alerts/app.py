"""``copydesk alerts``: who is told when a source breaks, and whether that works."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from ingest.cli.commands import Commands, ExampleGroup
from ingest.cli.options import Json, settings

__all__ = ["alerts_app"]

_HELP = ("-h", "--help")


class _ListUnlessNamed(ExampleGroup):
    """``alerts`` is ``alerts list``: what one looks at needs no verb."""

    # Any: Typer has its own copy of Click's context, in a private module.
    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] not in _HELP):
            args = ["list", *args]
        return super().parse_args(ctx, args)


alerts_app = Commands(
    cls=_ListUnlessNamed,
    help="Who is told when a source breaks and when it works again, as [alerts] of the settings says. "
    "`copydesk alerts` lists the channels.",
)


@alerts_app.command("list")
def list_channels(json: Json = False) -> None:
    """List the channels: how far each has told, what waits, and why it failed last."""
    from ingest.cli.alerts.commands import show_channels

    raise typer.Exit(show_channels(settings(), as_json=json))


@alerts_app.command("test")
def try_them(
    channels: Annotated[
        list[str] | None, typer.Argument(metavar="CHANNEL", help="Names of channels.")
    ] = None,
    json: Json = False,
) -> None:
    """Send a test message through each channel, or those named; 1 where one failed."""
    from ingest.cli.alerts.commands import try_channels

    raise typer.Exit(try_channels(settings(), channels or [], as_json=json))
