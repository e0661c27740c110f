"""The operator's settings: ``copydesk.toml``, environment variables, defaults.

Read once, checked whole, and handed on as frozen values; pydantic stays in this module.
Every key is documented in ``docs/operators-guide.md``, which a test compares with this file.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from ingest.alerts.settings import AlertSettings
from ingest.errors import SettingsError
from ingest.pipeline.second_look import SCHEDULE
from sources.client import ClientSettings
from sources.secrets import without_secrets
from sources.times.duration import parse_duration

__all__ = [
    "CollectSettings",
    "DaemonSettings",
    "RawSettings",
    "Selection",
    "Settings",
    "load_settings",
    "settings_faults",
    "settings_path",
]

CONFIG_NAME = "copydesk.toml"
#: Keys of a channel of alerts whose value is no secret.
_SHOWN = (".name", ".kind", ".digest", ".rate", ".timeout", ".port", ".security", ".recovery")


@dataclass(frozen=True, slots=True)
class Selection:
    """Which sources are switched on: those named, of the countries, of the languages, less some."""

    names: tuple[str, ...]
    countries: tuple[str, ...]
    languages: tuple[str, ...]
    exclude: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CollectSettings:
    """How one pass over a source is bounded."""

    #: Pages fetched from one source in one run; the rest waits for the next.
    max_pages: int
    #: Processes that extract; 0 extracts in the process itself.
    workers: int
    #: Sources collected at once.
    parallel_sources: int
    #: How often a page that failed for a passing reason is tried before we give up.
    attempts: int
    #: Ages at which an article is looked at again; empty for never.
    look_again: tuple[timedelta, ...] = SCHEDULE
    #: Seconds of CPU and megabytes of memory that reading one page or document may take.
    most_cpu: float = 5.0
    most_memory: int = 500
    #: Whether the pages themselves are kept, compressed.
    keep_pages: bool = True
    #: Whether templates are learned of a source's pages and applied to the next ones.
    templates: bool = True


@dataclass(frozen=True, slots=True)
class RawSettings:
    """How long raw pages are kept; ``None`` is without a limit."""

    keep: bool
    age: timedelta | None
    most_bytes: int | None


@dataclass(frozen=True, slots=True)
class DaemonSettings:
    """Bounds of the pace that the daemon finds for a source without a schedule of its own."""

    fastest: timedelta
    slowest: timedelta
    #: Each poll is moved by up to this much, so that sources do not come in step.
    jitter: timedelta
    #: Requests that all sources together may take in a day, as far as the bounds let them; 0 is no budget.
    requests_a_day: int = 0


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that the operator decides outside source files."""

    #: File that was read; ``None`` where there is none and the defaults hold.
    path: Path | None
    #: Path of a SQLite file, or an SQLAlchemy URL.
    database: str
    #: The operator's own source files.
    sources_folder: Path
    select: Selection
    client: ClientSettings
    collect: CollectSettings
    daemon: DaemonSettings
    raw: RawSettings
    alerts: AlertSettings


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Select(_Table):
    names: list[str] = []
    countries: list[str] = []
    languages: list[str] = []
    exclude: list[str] = []


class _Client(_Table):
    contact: str | None = None
    user_agent: str | None = None
    delay: float = Field(default=1.0, ge=0, le=3600)
    concurrency: int = Field(default=2, ge=1, le=64)
    total_concurrency: int = Field(default=64, ge=1, le=1024)
    connect_timeout: float = Field(default=10.0, gt=0, le=300)
    read_timeout: float = Field(default=20.0, gt=0, le=600)
    total_timeout: float = Field(default=60.0, gt=0, le=3600)
    max_body: int = Field(default=20 * 1024 * 1024, ge=1024)
    max_redirects: int = Field(default=10, ge=0, le=50)
    retries: int = Field(default=2, ge=0, le=10)
    connect_to: dict[str, str] = {}
    http2: bool = False
    # RFC 9309, section 2.4: not longer than a day.
    robots_ttl: float = Field(default=86_400.0, ge=1, le=86_400)


class _Collect(_Table):
    max_pages: int = Field(default=5000, ge=1)
    workers: int = Field(default_factory=lambda: min(os.cpu_count() or 1, 8), ge=0, le=256)
    parallel_sources: int = Field(default=16, ge=1, le=1000)
    attempts: int = Field(default=6, ge=1, le=100)
    most_cpu: float = Field(default=5.0, ge=0.5, le=60)
    most_memory: int = Field(default=500, ge=300, le=100_000)
    templates: bool = True
    look_again: tuple[timedelta, ...] = SCHEDULE

    @field_validator("look_again", mode="before")
    @classmethod
    def _durations(cls, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        ages = [parse_duration(item) if isinstance(item, str) else item for item in value]
        return tuple(sorted(ages))


class _Daemon(_Table):
    fastest: timedelta = timedelta(minutes=5)
    slowest: timedelta = timedelta(hours=6)
    jitter: timedelta = timedelta(seconds=30)
    requests_a_day: int = Field(default=0, ge=0)

    @field_validator("fastest", "slowest", "jitter", mode="before")
    @classmethod
    def _duration(cls, value: Any) -> Any:
        return parse_duration(value) if isinstance(value, str) else value


class _Raw(_Table):
    keep: bool = True
    age: timedelta = timedelta(days=365)
    gigabytes: float = Field(default=20.0, ge=0)

    @field_validator("age", mode="before")
    @classmethod
    def _duration(cls, value: Any) -> Any:
        return parse_duration(value) if isinstance(value, str) else value


class _File(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="COPYDESK_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

    database: str = "copydesk.sqlite3"
    sources_folder: str = "publishers"
    select: _Select = _Select()
    client: _Client = _Client()
    collect: _Collect = Field(default_factory=_Collect)
    daemon: _Daemon = _Daemon()
    raw: _Raw = _Raw()
    #: Read by a module of its own, where there are any: its models cost a start-up.
    alerts: dict[str, Any] = {}

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        # The environment wins over the file, as in every twelve-factor deployment.
        return env_settings, init_settings


def settings_path(given: Path | None) -> Path | None:
    """The settings file in force: the one given, ``COPYDESK_CONFIG``, or ``./copydesk.toml``.

    Raises:
        SettingsError: a file that was named does not exist.
    """
    named = given or (
        Path(os.environ["COPYDESK_CONFIG"]) if "COPYDESK_CONFIG" in os.environ else None
    )
    if named is not None:
        if not named.is_file():
            raise SettingsError(f"{named}: no such settings file; create it or leave --config out")
        return named
    here = Path(CONFIG_NAME)
    return here if here.is_file() else None


def load_settings(given: Path | None = None, *, database: str | None = None) -> Settings:
    """The settings in force; ``database`` (an option of every command) wins over all else.

    Relative paths in the file are relative to the file.

    Raises:
        SettingsError: one line with file, key, what was found and what was expected.
    """
    path = settings_path(given)
    values = _read(path) if path else {}
    try:
        parsed = _File(**values)
    except ValidationError as error:
        raise SettingsError(_first_fault(path, error)) from None
    base = path.parent if path else Path()
    where = database or _anchored(parsed.database, base)
    select = parsed.select
    return Settings(
        path=path,
        database=where,
        sources_folder=base / parsed.sources_folder,
        select=Selection(
            names=tuple(select.names),
            countries=tuple(country.upper() for country in select.countries),
            languages=tuple(language.lower() for language in select.languages),
            exclude=tuple(select.exclude),
        ),
        client=_client_settings(parsed.client),
        collect=CollectSettings(**parsed.collect.model_dump(), keep_pages=parsed.raw.keep),
        daemon=DaemonSettings(**parsed.daemon.model_dump()),
        raw=RawSettings(
            keep=parsed.raw.keep,
            age=parsed.raw.age or None,
            most_bytes=round(parsed.raw.gigabytes * 1e9) or None,
        ),
        alerts=_alerts(path, parsed.alerts, base),
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: not valid TOML: {error}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: cannot be read: {error}") from None


def settings_faults(given: Path | None = None) -> list[str]:
    """All that is wrong with the settings, one line each; :func:`load_settings` tells the first.

    What cannot be read at all is told by that alone.
    """
    try:
        path = settings_path(given)
        values = _read(path) if path else {}
    except SettingsError as error:
        return [str(error)]
    faults: list[str] = []
    try:
        _File(**values)
    except ValidationError as error:
        faults += [_fault(path, fault) for fault in error.errors(include_url=False)]
    if isinstance(alerts := values.get("alerts"), dict):
        from ingest.alerts.table import read_alerts

        try:
            read_alerts(alerts, Path())
        except ValidationError as error:
            found = error.errors(include_url=False)
            faults += [_fault(path, fault, within="alerts.") for fault in found]
    return faults


def _alerts(path: Path | None, written: dict[str, Any], base: Path) -> AlertSettings:
    if not written:
        return AlertSettings()
    from ingest.alerts.table import read_alerts

    try:
        return read_alerts(written, base)
    except ValidationError as error:
        raise SettingsError(_first_fault(path, error, within="alerts.")) from None


def _first_fault(path: Path | None, error: ValidationError, *, within: str = "") -> str:
    faults: Sequence[Any] = error.errors(include_url=False)
    more = f" (and {len(faults) - 1} more: `copydesk doctor` lists all)" if len(faults) > 1 else ""
    return _fault(path, faults[0], within=within) + more


def _fault(path: Path | None, fault: Any, *, within: str = "") -> str:
    key = within + ".".join(str(part) for part in fault["loc"])
    where = str(path) if path else "settings (environment variables COPYDESK_...)"
    if fault["type"] == "extra_forbidden":
        return f"{where}: {key}: unknown key; docs/operators-guide.md lists the known ones"
    # The address of a database holds a password, also where it stands in a wrong place; that of a
    # channel is often one as a whole.
    secret = key == "database" or (key.startswith("alerts.") and not key.endswith(_SHOWN))
    found = "" if secret else f", found {without_secrets(repr(fault['input']))}"
    return f"{where}: {key}: {fault['msg']}{found}"


def _anchored(database: str, base: Path) -> str:
    return database if "://" in database else str(base / database)


def _client_settings(client: _Client) -> ClientSettings:
    given = client.model_dump(exclude_none=True)
    return ClientSettings(**given)
