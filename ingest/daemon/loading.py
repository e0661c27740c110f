"""The daemon's settings and sources, read again and again: one slip costs one source, and is told once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from ingest.catalogue.selection import selected_sources, sources_that_can_be_read
from ingest.daemon.changed_files import FileState, state_of
from ingest.errors import SettingsError
from ingest.settings import CONFIG_NAME, load_settings
from sources.catalogue import Catalogue

if TYPE_CHECKING:
    from ingest.settings import Settings
    from sources.source import Source

__all__ = ["Changes", "Loading", "changes_between"]

log = structlog.get_logger("copydesk.daemon")

#: What of the settings a running daemon follows; all else it was built with.
_FOLLOWED = ("select", "sources_folder", "daemon", "alerts")


class Loading:
    """Reads settings and source files; what was read before stays where that of now cannot be used."""

    def __init__(self, config: Path | None, database: str | None) -> None:
        """Read nothing yet.

        Args:
            config: the settings file that was named on the command line.
            database: the database that was.
        """
        self._config, self._database = config, database
        self._settings: Settings | None = None
        self._had_folder = False
        self._before: dict[str, Source] = {}
        #: What is wrong, as it was told last.
        self._told: list[str] = []

    def first(self) -> tuple[Settings, list[Source]]:
        """What to begin with.

        Raises:
            SettingsError: the settings are wrong.
            UnknownSource: they name a source that there is not.
        """
        settings = load_settings(self._config, database=self._database)
        catalogue = Catalogue.load(settings.sources_folder)
        sources = selected_sources(settings, catalogue)
        return self._keep(settings, sources, [str(problem) for problem in catalogue.problems])

    def __call__(self) -> tuple[Settings, list[Source]]:
        """What holds now: the file of a source that is wrong leaves it as it was.

        Raises:
            SettingsError: the settings are wrong, or what was there is gone.
        """
        settings = load_settings(self._config, database=self._database)
        self._check_there(settings)
        catalogue = Catalogue.load(settings.sources_folder)
        problems: list[str] = []
        sources = sources_that_can_be_read(settings, catalogue, self._before, problems.append)
        problems = [*map(str, catalogue.problems), *problems]
        return self._keep(settings, sources, problems)

    def look(self) -> FileState:
        """How the files are that would be read."""
        if self._settings is None:
            return state_of(self._config, None)
        path = self._settings.path or self._config or Path(CONFIG_NAME)
        return state_of(path, self._settings.sources_folder)

    def _keep(
        self, settings: Settings, sources: list[Source], problems: list[str]
    ) -> tuple[Settings, list[Source]]:
        for problem in problems:
            if problem not in self._told:
                log.warning("source file or name not used", problem=problem)
        self._told = problems
        self._settings = settings
        self._had_folder = settings.sources_folder.is_dir()
        self._before = {source.name: source for source in sources}
        return settings, sources

    def _check_there(self, settings: Settings) -> None:
        """A share that went away, or a file that is being replaced, switches no source off."""
        before = self._settings
        if before is None:
            return
        if before.path is not None and settings.path is None:
            raise SettingsError(f"{before.path}: is not there any more; what it said holds on")
        folder = settings.sources_folder
        if self._had_folder and folder == before.sources_folder and not folder.is_dir():
            raise SettingsError(f"{folder}: is not there any more; its sources stay as they were")


@dataclass(frozen=True, slots=True)
class Changes:
    """What reading again has changed; names and keys are sorted."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    #: Keys of the settings that hold from now on, and those that will from the next start on.
    settings: tuple[str, ...] = ()
    at_next_start: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything has."""
        return any(getattr(self, each.name) for each in fields(self))

    def told(self) -> dict[str, list[str]]:
        """What there is to tell of what holds from now on."""
        parts = ("added", "removed", "changed", "settings")
        return {part: list(getattr(self, part)) for part in parts if getattr(self, part)}


def changes_between(
    before: tuple[Settings, Mapping[str, Source]], after: tuple[Settings, Sequence[Source]]
) -> Changes:
    """What is different in ``after``, settings and sources."""
    sources = {source.name: source for source in after[1]}
    known = before[1]
    keys = sorted(_changed_keys(before[0], after[0]))
    return Changes(
        added=tuple(sorted(sources.keys() - known.keys())),
        removed=tuple(sorted(known.keys() - sources.keys())),
        changed=tuple(
            sorted(name for name in sources.keys() & known.keys() if sources[name] != known[name])
        ),
        settings=tuple(key for key in keys if key.split(".")[0] in _FOLLOWED),
        at_next_start=tuple(key for key in keys if key.split(".")[0] not in (*_FOLLOWED, "path")),
    )


def _changed_keys(before: Any, after: Any, prefix: str = "") -> list[str]:
    """The keys, such as ``daemon.slowest``, whose values are different."""
    if type(before) is not type(after) or not is_dataclass(before):
        return [prefix] if before != after else []
    found = []
    for each in fields(before):
        key = f"{prefix}.{each.name}" if prefix else each.name
        found += _changed_keys(getattr(before, each.name), getattr(after, each.name), key)
    return found
