"""``copydesk sources list | show | check | enable | disable``."""

from __future__ import annotations

import asyncio
from collections.abc import Container, Sequence
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.catalogue.selection import change_selection as write_selection
from ingest.catalogue.selection import load_catalogue, nothing_selected, selected_sources
from ingest.cli.invocation import as_called
from ingest.cli.loudness import remark
from ingest.errors import EXIT_INCOMPLETE, EXIT_OK, InputError
from ingest.settings import CONFIG_NAME, load_settings, settings_path
from ingest.unknown_names import unknown_name
from ingest.views.article_text import article_lines, cell, console, plain
from ingest.views.json_values import json_line
from sources.secrets import HIDDEN, without_secrets
from sources.times.duration import format_duration

if TYPE_CHECKING:
    from ingest.settings import Settings
    from ingest.trying.check import SourceCheck
    from sources.catalogue import Catalogue
    from sources.source import Source

__all__ = ["change_selection", "check_sources", "list_sources", "show_source"]


#: Columns for the title below which it is left out, and for both it and the endpoints.
_NARROWEST_TITLE, _ROOM_FOR_ENDPOINTS = 10, 60


def list_sources(
    settings: Settings,
    *,
    all_sources: bool,
    country: str | None,
    language: str | None,
    as_json: bool,
) -> int:
    """List the selected sources, or all known; 1 where a source file is broken.

    Raises:
        SettingsError: a country or language that no source has.
    """
    catalogue = load_catalogue(settings)
    country = _known_country(catalogue, country) if country else None
    language = _known_language(catalogue, language) if language else None
    on = {source.name for source in selected_sources(settings, catalogue)}
    shown = [
        source
        for source in catalogue.all()
        if (all_sources or source.name in on)
        and (country is None or source.country == country)
        and (language is None or source.language == language)
    ]
    if as_json:
        for source in shown:
            print(json_line({**_as_json(source), "on": source.name in on}))
    else:
        _print_list(shown, on)
        print(f"{len(shown)} of {len(catalogue.names())} sources; {len(on)} on")
        if not on and not all_sources:
            remark(as_called(str(nothing_selected())))
    return EXIT_INCOMPLETE if catalogue.problems else EXIT_OK


def _print_list(shown: Sequence[Source], on: Container[str]) -> None:
    """A table whose names are whole, whatever has to give way for them."""
    from rich.table import Table

    screen = console()
    table = Table(box=None, pad_edge=False)
    longest = max((len(source.name) for source in shown), default=4)
    for name, width in (("name", longest), ("on", 3), ("country", 7), ("language", 8)):
        table.add_column(name, no_wrap=True, min_width=width)
    room = screen.width - longest - 26
    if room >= _NARROWEST_TITLE:
        table.add_column("title", no_wrap=True)
    if room >= _ROOM_FOR_ENDPOINTS:
        table.add_column("endpoints", no_wrap=True)
    for source in shown:
        kinds = sorted({endpoint.kind for endpoint in source.endpoints})
        cells = [
            source.name,
            "yes" if source.name in on else "",
            source.country or "",
            source.language or "",
            cell(source.title),
            ", ".join(kinds) or "found by itself",
        ]
        table.add_row(*cells[: len(table.columns)])
    screen.print(table)


def show_source(settings: Settings, name: str, *, as_json: bool) -> int:
    """Show one source with its platform's preset applied."""
    source = load_catalogue(settings).get(name)
    if as_json:
        print(json_line(_as_json(source)))
        return EXIT_OK
    for key, value in _flat(_as_json(source)):
        print(f"{key}: {value}")
    return EXIT_OK


def check_sources(settings: Settings, names: Sequence[str], *, as_json: bool) -> int:
    """Try sources over the network; 1 where one of them gives no article."""
    from ingest.trying.check import check_source
    from ingest.workers.limits import Limits
    from ingest.workers.pool import ExtractionPool
    from sources.client import Client

    catalogue = load_catalogue(settings)
    sources = (
        [catalogue.get(name) for name in names] if names else selected_sources(settings, catalogue)
    )
    if not sources:
        raise nothing_selected()

    async def check_all() -> bool:
        good = True
        async with (
            Client(settings.client) as client,
            ExtractionPool(
                min(len(sources), settings.collect.workers), limits=Limits.of(settings.collect)
            ) as pool,
        ):
            turn = asyncio.Semaphore(settings.collect.parallel_sources)

            async def one(source: Source) -> SourceCheck:
                async with turn:
                    return await check_source(source, client, pool)

            for done in asyncio.as_completed([one(source) for source in sources]):
                check = await done
                good = good and check.works
                _print_check(check, as_json=as_json)
        return good

    good = asyncio.run(check_all())
    return EXIT_OK if good and not catalogue.problems else EXIT_INCOMPLETE


def change_selection(
    settings: Settings,
    config: Path | None,
    names: Sequence[str],
    countries: Sequence[str],
    languages: Sequence[str],
    *,
    enable: bool,
) -> int:
    """Switch sources on or off in the settings file, which is made where there is none.

    Raises:
        InputError: nothing was named.
        SettingsError: a country or language that no source has.
        UnknownSource: a name that no source has.
    """
    if not (names or countries or languages):
        raise InputError("name a source, or give --country or --language")
    catalogue = load_catalogue(settings)
    for name in names:
        catalogue.get(name)
    countries = [_known_country(catalogue, country) for country in countries]
    languages = [_known_language(catalogue, language) for language in languages]
    path = settings_path(config) or Path(CONFIG_NAME)
    write_selection(
        settings, path, names=names, countries=countries, languages=languages, enable=enable
    )
    changed = load_settings(path)
    on = selected_sources(changed, load_catalogue(changed))
    print(
        f"{path}: {len(on)} sources on: {', '.join(source.name for source in on[:8])}{', ...' if len(on) > 8 else ''}"
    )
    return EXIT_OK


def _known_country(catalogue: Catalogue, given: str) -> str:
    known = {source.country for source in catalogue.all() if source.country}
    if given.upper() not in known:
        raise unknown_name("country", given, known)
    return given.upper()


def _known_language(catalogue: Catalogue, given: str) -> str:
    known = {source.language for source in catalogue.all() if source.language}
    if given.lower() not in known:
        raise unknown_name("language", given, known)
    return given.lower()


def _print_check(check: SourceCheck, *, as_json: bool) -> None:
    if as_json:
        value = {
            "source": check.source,
            "works": check.works,
            "endpoints": [
                {**asdict(endpoint), "url": without_secrets(endpoint.url)}
                for endpoint in check.endpoints
            ],
            "problems": [without_secrets(problem) for problem in check.problems],
            "article": check.article.as_json() if check.article else None,
        }
        print(json_line(value), flush=True)
        return
    print(f"{check.source}: {'works' if check.works else 'DOES NOT WORK'}")
    for endpoint in check.endpoints:
        told = endpoint.error or f"{endpoint.links} links"
        print(f"  {endpoint.kind} {without_secrets(endpoint.url)}: {told}")
    for problem in check.problems:
        print(f"  problem: {plain(without_secrets(problem))}")
    if check.article:
        for line in article_lines(check.article, struck=True):
            print(f"    {plain(line)}" if line else "")


def _as_json(source: Source) -> dict[str, Any]:
    value = asdict(source)
    value["path"] = str(source.path) if source.path else None
    value["fetch"]["headers"] = {name: HIDDEN for name, _ in source.fetch.headers}
    value["home"] = without_secrets(source.home)
    value["endpoints"] = [
        {**asdict(endpoint), "url": without_secrets(endpoint.url)} for endpoint in source.endpoints
    ]
    if source.fetch.proxy is not None:
        value["fetch"]["proxy"] = without_secrets(source.fetch.proxy)
    return {key: _without_timedelta(item) for key, item in value.items()}


def _without_timedelta(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_timedelta(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_timedelta(item) for item in value]
    return format_duration(value) if isinstance(value, timedelta) else value


def _flat(value: dict[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    lines: list[tuple[str, str]] = []
    for key, item in value.items():
        if isinstance(item, dict):
            lines += _flat(item, f"{prefix}{key}.")
        elif isinstance(item, list):
            for number, entry in enumerate(item):
                if isinstance(entry, dict):
                    lines += _flat(entry, f"{prefix}{key}[{number}].")
                else:
                    lines.append((f"{prefix}{key}", str(entry)))
        elif item is not None:
            lines.append((f"{prefix}{key}", str(item)))
    return lines
