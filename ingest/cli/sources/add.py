"""``copydesk add URL``: find the source behind an address, show it, write its file, switch it on."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.catalogue.add import address_to_ask, file_of, naming, standing_of, text_of, write
from ingest.catalogue.selection import change_selection, load_catalogue
from ingest.cli.invocation import as_called
from ingest.cli.loudness import Loudness, detail, loudness, shows_progress
from ingest.cli.sources.display import print_finding
from ingest.errors import EXIT_INCOMPLETE, EXIT_OK, InputError
from ingest.settings import CONFIG_NAME, settings_path
from ingest.trying.new_source import Finding, find_source
from ingest.trying.site_identity import slug
from ingest.views.article_text import console, plain
from ingest.views.json_values import json_line
from ingest.workers.limits import Limits
from ingest.workers.pool import ExtractionPool
from sources.errors import AddressRefused, EndpointError, FetchError
from sources.secrets import without_secrets

if TYPE_CHECKING:
    from ingest.settings import Settings
    from ingest.trying.endpoint_trial import EndpointTrial
    from sources.catalogue import Catalogue
    from sources.source import Source

__all__ = ["AddOptions", "add_source"]


@dataclass(frozen=True, slots=True)
class AddOptions:
    """What was asked beside the address."""

    name: str | None = None
    #: How many are fetched and shown.
    articles: int = 5
    dry_run: bool = False
    enable: bool = True
    force: bool = False
    allow_private: bool = False
    as_json: bool = False


def add_source(settings: Settings, config: Path | None, given: str, options: AddOptions) -> int:
    """Find the source, show what comes of it, write its file and switch it on.

    1 where nothing usable was found; nothing is written then. A site that is in the catalogue
    already is not written a second time, but switched on.

    Raises:
        InputError: the address or the name is none, or there is a file of that name.
        SourceFileError, SettingsError: a file cannot be written.
    """
    address = address_to_ask(given)
    if options.name is not None and slug(options.name) != options.name:
        raise InputError(
            f"--name {options.name}: expected lower-case letters, digits and single hyphens, "
            "such as my-paper"
        )
    catalogue = load_catalogue(settings)
    if options.name is not None:
        _refuse_taken(options.name, catalogue, settings, options)
    try:
        finding = asyncio.run(_find(address, settings, catalogue, options))
    except (EndpointError, FetchError) as error:
        hint = "; --allow-private asks it all the same" if isinstance(error, AddressRefused) else ""
        return _nothing_found(f"{error}{hint}", options)
    # Of a dry run the standard output is the file, and nothing else.
    out = sys.stderr if options.dry_run else sys.stdout
    if not options.as_json:
        print_finding(finding, out)
        print(file=out, flush=True)
    filed = _file(finding, address, settings, config, catalogue, options)
    if options.as_json:
        print(json_line(_as_json(finding, filed)))
        return EXIT_OK if finding.usable else EXIT_INCOMPLETE
    for line in filed.told:
        print(plain(as_called(line)), file=out)
    if options.dry_run:
        print(filed.text, end="")
    return EXIT_OK if finding.usable else EXIT_INCOMPLETE


def _refuse_taken(name: str, catalogue: Catalogue, settings: Settings, options: AddOptions) -> None:
    path = file_of(name, catalogue, settings.sources_folder)
    if path.exists() and not (options.force or options.dry_run):
        raise InputError(f"{path}: there is such a file; --force replaces it, --name gives another")


async def _find(
    address: str, settings: Settings, catalogue: Catalogue, options: AddOptions
) -> Finding:
    from sources.client import Client

    with _progress() as say:
        async with (
            Client(settings.client) as client,
            ExtractionPool(
                min(1, settings.collect.workers), limits=Limits.of(settings.collect)
            ) as pool,
        ):
            return await find_source(
                address,
                client,
                pool,
                name=naming(catalogue, options.name),
                articles=options.articles,
                allow_private=options.allow_private,
                say=say,
            )


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """A line on the terminal that says what is being waited for; with ``-v`` a line for each."""
    if loudness() is Loudness.VERBOSE or not shows_progress():
        yield lambda line: detail(plain(without_secrets(line)))
        return
    from rich.markup import escape

    with console(sys.stderr).status("…") as status:
        yield lambda line: status.update(escape(plain(without_secrets(line))))


@dataclass(frozen=True, slots=True)
class _Filed:
    """What became of a finding."""

    text: str
    told: tuple[str, ...]
    path: Path | None = None
    enabled: str | None = None
    known: Source | None = None
    near: tuple[Source, ...] = ()


def _file(
    finding: Finding,
    address: str,
    settings: Settings,
    config: Path | None,
    catalogue: Catalogue,
    options: AddOptions,
) -> _Filed:
    source = finding.source
    today = datetime.now(UTC).date()
    standing = standing_of(source, catalogue)
    known, near = standing.same, standing.near
    told = [f"of the same domain: {other.name} ({other.title}, {other.home})" for other in near]
    told += [_already(known)] if known is not None else []
    path: Path | None = None
    enabled: str | None = None
    # The same file again is a matter of --force; a second one would collect everything twice.
    twice = (
        known is not None and options.name is None and (known.shipped or known.name != source.name)
    )
    if not finding.usable:
        told.append(
            "nothing written: no endpoint announces articles that could be read; where the site "
            "has a page that lists them, write an [[endpoint]] of kind listing (docs/source-files.md)"
        )
    elif not options.dry_run:
        if known is not None and twice and not options.force:
            enabled = known.name
            told.append(f"nothing written; --force writes {source.name}.toml all the same")
        else:
            path = file_of(source.name, catalogue, settings.sources_folder)
            write(source, path, address, today, force=options.force)
            enabled = source.name
            told.append(f"{path}: written")
            if source.name in catalogue.names() and catalogue.get(source.name).shipped:
                told.append(f"it stands for the {source.name} that ships from now on")
        enabled = enabled if options.enable else None
    if enabled is not None:
        told.append(_switch_on(enabled, settings, config))
    return _Filed(text_of(source, address, today), tuple(told), path, enabled, known, near)


def _already(known: Source) -> str:
    if known.shipped:
        return f"{known.title} already ships as {known.name}"
    return f"{known.title} is there already as {known.name} ({known.path})"


def _switch_on(name: str, settings: Settings, config: Path | None) -> str:
    path = settings_path(config) or Path(CONFIG_NAME)
    change_selection(settings, path, names=[name], countries=[], languages=[], enable=True)
    return f"{path}: {name} is on; `copydesk run {name}` collects it now"


def _nothing_found(why: str, options: AddOptions) -> int:
    if options.as_json:
        nothing = {"source": None, "endpoints": [], "articles": [], "problems": [why]}
        print(json_line(nothing))
    else:
        print(f"copydesk: {plain(without_secrets(why))}", file=sys.stderr)
    return EXIT_INCOMPLETE


def _as_json(finding: Finding, filed: _Filed) -> dict[str, Any]:
    source = finding.source
    names = ("name", "title", "home", "language", "country", "platform")
    return {
        "source": {name: getattr(source, name) for name in names},
        "endpoints": [
            _endpoint_as_json(trial, kept=trial.endpoint.url in finding.kept)
            for trial in finding.endpoints
        ],
        "articles": [trial.article.as_json() for trial in finding.articles if trial.article],
        "problems": list(finding.problems),
        "usable": finding.usable,
        "toml": filed.text,
        "file": str(filed.path) if filed.path else None,
        "enabled": filed.enabled,
        "known_as": filed.known.name if filed.known else None,
        "near": [other.name for other in filed.near],
    }


def _endpoint_as_json(trial: EndpointTrial, *, kept: bool) -> dict[str, Any]:
    return {
        "kind": trial.endpoint.kind,
        "url": trial.endpoint.url,
        "archive": trial.endpoint.archive,
        "kept": kept,
        "links": len(trial.links),
        "documents": trial.documents,
        "newest": trial.newest,
        "oldest": trial.oldest,
        "problem": trial.problem,
    }
