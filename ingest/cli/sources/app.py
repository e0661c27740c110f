"""``copydesk add`` and ``copydesk sources``: signatures and help; the work is beside this file."""

from __future__ import annotations

from typing import Annotated

import typer

from ingest.cli.commands import Commands
from ingest.cli.options import AllSources, Json, Name, Names, SwitchOn, given, settings

__all__ = ["adding_app", "sources_app"]

adding_app = Commands()
sources_app = Commands(
    help="The publishers: which there are, which are on, do they work.", no_args_is_help=True
)

Countries = Annotated[
    list[str] | None,
    typer.Option("--country", help="Every source of this country; may be repeated."),
]
Languages = Annotated[
    list[str] | None,
    typer.Option("--language", help="Every source in this language; may be repeated."),
]


@adding_app.command("add")
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
    enable: SwitchOn = True,
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
    raise typer.Exit(add_source(settings(), given.config, url, options))


@sources_app.command("list")
def sources_list(
    all_sources: AllSources = False,
    country: Annotated[str | None, typer.Option(help="ISO 3166-1 code, such as DE.")] = None,
    language: Annotated[str | None, typer.Option(help="ISO 639-1 code, such as de.")] = None,
    json: Json = False,
) -> None:
    """List the sources that are switched on (or, with --all, every one known)."""
    from ingest.cli.sources.commands import list_sources

    raise typer.Exit(
        list_sources(
            settings(), all_sources=all_sources, country=country, language=language, as_json=json
        )
    )


@sources_app.command("show")
def sources_show(name: Name, json: Json = False) -> None:
    """Show one source as it is in force, its platform's preset applied."""
    from ingest.cli.sources.commands import show_source

    raise typer.Exit(show_source(settings(), name, as_json=json))


@sources_app.command("check")
def sources_check(names: Names = None, json: Json = False) -> None:
    """Try sources: read each endpoint, fetch one article, show what extraction makes of it."""
    from ingest.cli.sources.commands import check_sources

    raise typer.Exit(check_sources(settings(), names or [], as_json=json))


@sources_app.command("enable")
def sources_enable(
    names: Names = None,
    country: Countries = None,
    language: Languages = None,
) -> None:
    """Switch sources on, in copydesk.toml."""
    _switch(names, country, language, on=True)


@sources_app.command("disable")
def sources_disable(
    names: Names = None,
    country: Countries = None,
    language: Languages = None,
) -> None:
    """Switch sources off, in copydesk.toml."""
    _switch(names, country, language, on=False)


def _switch(
    names: list[str] | None, countries: list[str] | None, languages: list[str] | None, *, on: bool
) -> None:
    from ingest.cli.sources.commands import change_selection

    raise typer.Exit(
        change_selection(
            settings(), given.config, names or [], countries or [], languages or [], enable=on
        )
    )


@sources_app.command("import")
def sources_import(
    file: Annotated[str, typer.Argument(metavar="FILE.opml", help="OPML; - reads standard input.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Write nothing; say what would be written.")
    ] = False,
    enable: SwitchOn = True,
) -> None:
    """Write source files for the feeds of an OPML file, one a site."""
    from ingest.cli.sources.opml import import_opml

    raise typer.Exit(import_opml(settings(), given.config, file, dry_run=dry_run, enable=enable))


@sources_app.command("export")
def sources_export(
    file: Annotated[
        str, typer.Argument(metavar="FILE.opml", help="To be written; - writes standard output.")
    ],
    all_sources: AllSources = False,
) -> None:
    """Write the feeds of the sources that are switched on as OPML."""
    from ingest.cli.sources.opml import export_opml

    raise typer.Exit(export_opml(settings(), file, all_sources=all_sources))
