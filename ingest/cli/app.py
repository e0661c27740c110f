"""Every command, put together, and the one place where errors become exit codes."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from ingest.cli.alerts.app import alerts_app
from ingest.cli.collecting.app import collecting_app
from ingest.cli.commands import Commands, Quiet, Verbose, take_loudness
from ingest.cli.database.app import db_app
from ingest.cli.invocation import as_called
from ingest.cli.loudness import Loudness, loudness, set_loudness
from ingest.cli.options import given
from ingest.cli.reading.app import pages_app, reading_app
from ingest.cli.running.app import running_app
from ingest.cli.sources.app import adding_app, sources_app
from ingest.cli.templates.app import templates_app

__all__ = ["app", "run"]

app = Commands(
    name="copydesk",
    help="News ingestion: finds new articles, downloads them politely, strikes the site chrome, "
    "reads the credits, files one copy of each story.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(adding_app)
app.add_typer(collecting_app)
app.add_typer(sources_app, name="sources")
app.add_typer(db_app, name="db")
app.add_typer(alerts_app, name="alerts")
app.add_typer(running_app)


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
    verbose: Verbose = False,
    quiet: Quiet = False,
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    given.config = config
    given.database = database
    set_loudness(Loudness.NORMAL)
    take_loudness(verbose=verbose, quiet=quiet)
    if version:
        from importlib.metadata import version as installed

        typer.echo(f"copydesk {installed('copydesk')}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(2)


# The commands that read what is filed, behind those that collect.
app.add_typer(reading_app)
app.add_typer(pages_app, name="pages")
app.add_typer(templates_app, name="templates")


def run(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code; errors of ours become one line on stderr."""
    # Imported late: an error that is none of ours needs none of this.
    from ingest.errors import EXIT_INTERRUPTED, EXIT_OK, IngestError, exit_code
    from sources.errors import SourcesError
    from sources.secrets import without_secrets
    from storage.errors import StorageError

    try:
        # By its name however it was started: completion and examples are of that name.
        app(arguments, prog_name="copydesk")
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
        if loudness() is Loudness.VERBOSE:
            import traceback

            print(without_secrets(traceback.format_exc()), end="", file=sys.stderr)
        print(f"copydesk: {as_called(without_secrets(str(error)))}", file=sys.stderr)
        return exit_code(error)
    return EXIT_OK
