"""Which sources are switched on, by the operator's settings."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.errors import SettingsError
from ingest.unknown_names import unknown_name
from sources.catalogue import Catalogue

if TYPE_CHECKING:
    from ingest.settings import Settings
    from sources.source import Source

__all__ = [
    "EXAMPLE_SOURCE",
    "change_selection",
    "load_catalogue",
    "names_switched_on",
    "nothing_selected",
    "selected_sources",
    "sources_that_can_be_read",
]

#: The source that hints name where the operator has switched none on.
EXAMPLE_SOURCE = "armenian-report"


def load_catalogue(settings: Settings) -> Catalogue:
    """The catalogue with the operator's folder; files that are wrong are told on stderr.

    One broken file must not stop the other sources.
    """
    catalogue = Catalogue.load(settings.sources_folder)
    for problem in catalogue.problems:
        print(f"copydesk: {problem}", file=sys.stderr)
    return catalogue


def selected_sources(settings: Settings, catalogue: Catalogue) -> list[Source]:
    """The sources that are switched on.

    Raises:
        UnknownSource: the settings name a source that does not exist.
        SettingsError: they name a country or a language that no source has.
    """
    select = settings.select
    chosen = catalogue.select(
        names=select.names,
        countries=select.countries,
        languages=select.languages,
        exclude=select.exclude,
    )
    if select.countries or select.languages:
        _check_groups(settings, catalogue)
    return chosen


def names_switched_on(settings: Settings) -> tuple[Catalogue, set[str]]:
    """The catalogue, and the names of the sources that are switched on.

    As :func:`selected_sources`, quickly: of a source file no more is read than that takes.

    Raises:
        UnknownSource: the settings name a source that does not exist.
    """
    catalogue, select = Catalogue.load(settings.sources_folder, check=False), settings.select
    there = set(catalogue.names())
    heads = catalogue.countries_and_languages() if select.countries or select.languages else {}
    known = [{head[place] for head in heads.values()} for place in (0, 1)]
    if not (
        there.issuperset([*select.names, *select.exclude])
        and known[0].issuperset(select.countries)
        and known[1].issuperset(select.languages)
    ):
        # It says what is wrong with them.
        found = selected_sources(settings, load_catalogue(settings))
        return catalogue, {source.name for source in found}
    chosen = {
        name
        for name, (country, language) in heads.items()
        if country in select.countries or language in select.languages
    }
    return catalogue, {*chosen, *select.names}.difference(select.exclude)


def sources_that_can_be_read(
    settings: Settings,
    catalogue: Catalogue,
    before: Mapping[str, Source],
    tell: Callable[[str], None],
) -> list[Source]:
    """The sources that are switched on, for a program that goes on: one slip costs one source.

    Where the file of one that was on is wrong now, it stays as it was ``before``; a name that the
    settings have and no source has is left out, and handed to ``tell`` in one line.
    """
    select = settings.select
    there = set(catalogue.names())
    for name in sorted({*select.names, *select.exclude} - there):
        tell(str(unknown_name("source", name, there)))
    chosen = catalogue.select(
        names=[name for name in select.names if name in there],
        countries=select.countries,
        languages=select.languages,
        exclude=select.exclude,
    )
    # Those that can be read, whether they are on or not: only a wrong file takes one off here.
    readable = {source.name for source in catalogue.all()}
    kept = [
        source
        for name, source in before.items()
        if name in there and name not in readable and name not in select.exclude
    ]
    return sorted([*chosen, *kept], key=lambda source: source.name)


def _check_groups(settings: Settings, catalogue: Catalogue) -> None:
    known = catalogue.all()
    if catalogue.problems:
        # The only source of a country may be the one whose file is broken, which is told by itself.
        return
    for key, what, given, there in (
        ("countries", "country", settings.select.countries, {source.country for source in known}),
        ("languages", "language", settings.select.languages, {source.language for source in known}),
    ):
        for name in given:
            if name not in there:
                said = unknown_name(what, name, filter(None, there))
                raise SettingsError(
                    f"{settings.path or 'settings'}: select.{key}: {said};"
                    " see `copydesk sources list --all`"
                )


def nothing_selected() -> SettingsError:
    """What to say, and what to do, where a command needs sources and none is switched on."""
    return SettingsError(
        "no source is switched on; `copydesk add URL` finds your own site, `copydesk sources enable"
        f" {EXAMPLE_SOURCE}` switches on one that ships, `copydesk sources list --all` lists them"
    )


def change_selection(
    settings: Settings,
    path: Path,
    *,
    names: Sequence[str],
    countries: Sequence[str],
    languages: Sequence[str],
    enable: bool,
) -> None:
    """Write the change into ``path``, keeping the operator's comments and order.

    Disabling takes names, countries and languages off the lists, and excludes a source that stays
    selected by its country or language.

    Raises:
        SettingsError: the file cannot be read or written.
    """
    import tomlkit

    try:
        document = (
            tomlkit.parse(path.read_text(encoding="utf-8")) if path.exists() else tomlkit.document()
        )
    except (OSError, UnicodeDecodeError, tomlkit.exceptions.ParseError) as error:
        raise SettingsError(f"{path}: cannot be read: {error}") from None
    table: Any = document.setdefault("select", tomlkit.table())
    lists = {
        "names": list(settings.select.names),
        "countries": list(settings.select.countries),
        "languages": list(settings.select.languages),
        "exclude": list(settings.select.exclude),
    }
    given = {
        "names": list(names),
        "countries": [country.upper() for country in countries],
        "languages": [language.lower() for language in languages],
    }
    for key, values in given.items():
        if enable:
            lists[key] += [value for value in values if value not in lists[key]]
        else:
            lists[key] = [value for value in lists[key] if value not in values]
    if enable:
        lists["exclude"] = [name for name in lists["exclude"] if name not in names]
    else:
        catalogue = Catalogue.load(settings.sources_folder)
        for name in names:
            by_group = (lists["countries"] or lists["languages"]) and any(
                source.name == name
                for source in catalogue.select(
                    countries=tuple(lists["countries"]), languages=tuple(lists["languages"])
                )
            )
            if by_group and name not in lists["exclude"]:
                lists["exclude"].append(name)
    for key, values in lists.items():
        if values or key == "names" or key in table:
            table[key] = values
    _write(path, tomlkit.dumps(document))


def _write(path: Path, text: str) -> None:
    """Replace ``path`` in one step: a full disk must not leave half a settings file."""
    beside = path.with_name(path.name + ".new")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise SettingsError(f"{path}: cannot be written: {error.strerror or error}") from None
