"""The source file: one publisher in TOML, checked whole, with errors that name file, key and remedy.

The format is documented in ``docs/source-files.md``. pydantic stays in this module and in
``source_file_faults``, which words the errors; what comes out are the frozen values of ``source``.
"""

from __future__ import annotations

import re
import stat
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urljoin, urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
)
from pydantic import field_validator as check_field
from pydantic import model_validator as check_model

from sources.address import address_key
from sources.address_patterns import accepted, refused
from sources.errors import SourceFileError
from sources.platforms import apply_platform, platform_names
from sources.source import (
    Endpoint,
    EndpointKind,
    ExtractRules,
    FetchRules,
    LinkRules,
    Schedule,
    Source,
)
from sources.source_file_faults import fault_of_file
from sources.times.crontab import check_crontab, check_zone
from sources.times.duration import parse_duration

__all__ = ["load_source_file", "parse_source"]

LARGEST_FILE = 1024 * 1024  # a larger one is something else
#: No source is older; beyond it, a date minus the duration is no date.
LONGEST_AGE = timedelta(days=36500)
#: The address of nearly every source; what is not so plain goes through ``address_key``, whose
#: libraries take longer to load than all shipped files together.
_PLAIN_ADDRESS = re.compile(
    r"https?://(?=[^/]{4,63}(?:/|$))(?:[a-z0-9]{1,60}[.-]){1,10}[a-z]{2,20}(?:/[!-\[\]-~]{0,1000})?"
)
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def _slug(text: str) -> str:
    if len(text) > 100 or not _SLUG.fullmatch(text):
        raise ValueError("expected lower-case letters, digits and single hyphens, such as my-paper")
    return text


def _address(text: str) -> str:
    if _PLAIN_ADDRESS.fullmatch(text):
        return text
    try:
        address_key(text)
        bad = urlsplit(text).port == 0 or any(char.isspace() for char in text)
    except ValueError:
        bad = True
    if bad:
        raise ValueError("expected an absolute address that starts with http:// or https://")
    return text


def _address_or_path(text: str) -> str:
    if text.startswith("/") and not text.startswith("//"):
        _address(f"https://a.example{text}")
        return text
    return _address(text)


def _file_path(text: str) -> str:
    if not text.strip() or "\x00" in text or len(text) > 4000:
        raise ValueError("expected an address, or the path of a file or folder")
    return text


def _proxy(text: str) -> str:
    parts = urlsplit(text)
    try:
        good = parts.scheme in ("http", "https", "socks5") and parts.hostname and parts.port
    except ValueError:
        good = False
    if not good:
        raise ValueError("expected http://, https:// or socks5://, then [user:password@]host:port")
    return text


def _language(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{2}", text):
        raise ValueError('expected an ISO 639-1 code of two letters, such as "de"')
    return text.lower()


def _country(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{2}", text):
        raise ValueError('expected an ISO 3166-1 code of two letters, such as "DE"')
    if text.upper() == "UK":
        raise ValueError('expected "GB", the ISO 3166-1 code of the United Kingdom')
    return text.upper()


def _platform(text: str) -> str:
    if text not in platform_names():
        raise ValueError(f"expected one of {', '.join(platform_names())}")
    return text


def _selector(text: str) -> str:
    from selectolax.lexbor import LexborHTMLParser, SelectolaxError

    try:
        if not text.strip():
            raise ValueError
        LexborHTMLParser("<p></p>").css(text)
    except (SelectolaxError, ValueError):
        raise ValueError("expected a CSS selector") from None
    return text


def _line(text: str) -> str:
    if not text.strip() or any(ord(char) < 32 for char in text):
        raise ValueError("expected one line of text")
    return text


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _duration(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError('expected a duration in quotes, such as "15m"')
    return parse_duration(value)


def _every(value: timedelta) -> timedelta:
    if not timedelta(minutes=1) <= value <= timedelta(days=30):
        raise ValueError("expected between 1m and 30d")
    return value


def _age(value: timedelta) -> timedelta:
    if not timedelta(minutes=1) <= value <= LONGEST_AGE:
        raise ValueError(f"expected between 1m and {LONGEST_AGE.days}d; leave it out for any age")
    return value


def _seconds(value: Any) -> Any:
    return parse_duration(value).total_seconds() if isinstance(value, str) else value


def _host(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9.-]{1,253}", text):
        raise ValueError("expected a host name, such as media.example.org")
    return text.lower()


Selector = Annotated[str, AfterValidator(_selector)]
Selectors = Annotated[list[Selector], BeforeValidator(_as_list)]
Lines = Annotated[list[Annotated[str, AfterValidator(_line)]], BeforeValidator(_as_list)]
Duration = Annotated[timedelta, BeforeValidator(_duration)]
Glob = Annotated[str, Field(min_length=1, max_length=500)]
Globs = Annotated[list[Glob], BeforeValidator(_as_list)]


class _Table(BaseModel):
    # strict: TOML has types, so that 1 for true or "3" for 3 is a slip
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Endpoint(_Table):
    kind: EndpointKind
    url: str
    selector: Annotated[Selector | None, Field(validate_default=True)] = None
    archive: bool = False
    replay: Annotated[str, AfterValidator(_address)] | None = None

    @check_field("url")
    @classmethod
    def _url(cls, value: str, info: ValidationInfo) -> str:
        if info.data.get("kind") in ("warc", "folder") and "://" not in value:
            return _file_path(value)
        return _address_or_path(value.replace("{page}", "1").replace("{page0}", "0")) and value

    @check_field("selector")
    @classmethod
    def _selector_of_listing(cls, value: str | None, info: ValidationInfo) -> str | None:
        kind = info.data.get("kind")
        if kind == "listing" and value is None:
            raise ValueError("missing; an endpoint of kind listing needs a selector of its links")
        if kind != "listing" and value is not None:
            raise ValueError("belongs to endpoints of kind listing only; leave it out")
        return value


class _Schedule(_Table):
    every: Annotated[Duration, AfterValidator(_every)] | None = None
    cron: Annotated[str, AfterValidator(check_crontab)] | None = None
    zone: Annotated[str, AfterValidator(check_zone)] | None = None

    @check_model(mode="after")
    def _one_of_both(self) -> _Schedule:
        if self.every is not None and self.cron is not None:
            raise ValueError("give either every or cron, not both")
        if self.zone is not None and self.cron is None:
            raise ValueError(
                "zone belongs to cron: it is the clock that cron goes by; leave it out"
            )
        return self


class _Links(_Table):
    include: Globs = []
    exclude: Globs = []
    hosts: Annotated[list[Annotated[str, AfterValidator(_host)]], BeforeValidator(_as_list)] = []
    max_age: Annotated[Duration, AfterValidator(_age)] | None = None


class _Fetch(_Table):
    delay: Annotated[float, BeforeValidator(_seconds), Field(ge=0, le=3600)] | None = None
    concurrency: Annotated[int, Field(ge=1, le=64)] | None = None
    allow_private: bool = False
    robots: bool = True
    proxy: Annotated[str, AfterValidator(_proxy)] | None = None
    render: bool = False
    user_agent: Annotated[str, Field(min_length=1, pattern=r"^[\x20-\x7e]+$")] | None = None
    headers: dict[
        Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+$")],
        Annotated[str, Field(pattern=r"^[\x20-\x7e]*$")],
    ] = {}


class _Extract(_Table):
    title: Selectors = []
    body: Selectors = []
    standfirst: Selectors = []
    authors: Selectors = []
    published: Selectors = []
    section: Selectors = []
    tags: Selectors = []
    remove: Selectors = []
    chrome: Lines = []
    accept: Annotated[Globs, AfterValidator(accepted)] = []
    refuse: Annotated[Globs, AfterValidator(refused)] = []


class _File(_Table):
    name: Annotated[str, AfterValidator(_slug)]
    home: Annotated[str, AfterValidator(_address)]
    title: Annotated[str, Field(max_length=200), AfterValidator(_line)] | None = None
    language: Annotated[str, AfterValidator(_language)] | None = None
    country: Annotated[str, AfterValidator(_country)] | None = None
    platform: Annotated[str, AfterValidator(_platform)] | None = None
    endpoint: list[_Endpoint] = []
    schedule: _Schedule = _Schedule()
    links: _Links = _Links()
    fetch: _Fetch = _Fetch()
    extract: _Extract = _Extract()


#: Kinds that a poll never reads.
_ARCHIVES = frozenset({"cdx", "warc", "folder"})
#: The models by the tables of the file; ``""`` is the file itself.
_TABLES: dict[str, type[BaseModel]] = {
    "": _File,
    "endpoint": _Endpoint,
    "schedule": _Schedule,
    "links": _Links,
    "fetch": _Fetch,
    "extract": _Extract,
}


def load_source_file(path: Path, *, shipped: bool = False) -> Source:
    """The source that the file at ``path`` describes, its platform's preset applied.

    Raises:
        SourceFileError: it cannot be read or is wrong; one line with file, key and remedy.
    """
    try:
        # A pipe called x.toml would hold the reader for ever.
        if not (stat.S_ISREG(mode := path.stat().st_mode) or stat.S_ISDIR(mode)):
            raise SourceFileError(f"{path}: cannot be read: expected a regular file")
        with path.open("rb") as stream:
            raw = stream.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        # ValueError: a NUL in the path
        reason = error.strerror if isinstance(error, OSError) else None
        raise SourceFileError(f"{path}: cannot be read: {reason or error}") from None
    if len(raw) > LARGEST_FILE:
        raise SourceFileError(f"{path}: larger than 1 MiB; expected a source file")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceFileError(
            f"{path}: not UTF-8 at byte {error.start}; save the file as UTF-8"
        ) from None
    return parse_source(text, path=path, shipped=shipped)


def parse_source(text: str, *, path: Path | None = None, shipped: bool = False) -> Source:
    """The source that ``text`` (TOML) describes, its platform's preset applied.

    Where ``path`` is given, the name must be the file's.

    Raises:
        SourceFileError: one line with file, key, what was found and what was expected; where
            several keys are wrong, the first of them in full and ``faults`` with all.
    """
    where = str(path) if path is not None else "source file"
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SourceFileError(f"{where}: not valid TOML: {error}") from None
    except RecursionError:
        raise SourceFileError(f"{where}: not valid TOML: nested too deeply") from None
    except ValueError:
        # such as 2026-99-99, or a number of 5,000 digits: both pass the TOML grammar
        raise SourceFileError(
            f"{where}: not valid TOML: a date or number in it is out of range"
        ) from None
    try:
        parsed = _File.model_validate(values)
    except ValidationError as error:
        raise fault_of_file(where, error, _TABLES) from None
    if path is not None and parsed.name != path.stem:
        raise SourceFileError(
            f"{where}: name: found {parsed.name!r}, expected {path.stem!r}, as the file is called; "
            f"change the name or call the file {parsed.name}.toml"
        )
    return apply_platform(_source(parsed, path, shipped=shipped))


def _endpoint_url(endpoint: _Endpoint, home: str, path: Path | None) -> str:
    if endpoint.kind in ("warc", "folder") and "://" not in endpoint.url:
        # As every path in a file, relative to the file.
        return str((path.parent if path is not None else Path()) / endpoint.url)
    return urljoin(home, endpoint.url)


def _source(parsed: _File, path: Path | None, *, shipped: bool) -> Source:
    extract = {key: tuple(value) for key, value in parsed.extract.model_dump().items()}
    return Source(
        name=parsed.name,
        home=parsed.home,
        title=parsed.title or parsed.name,
        language=parsed.language,
        country=parsed.country,
        platform=parsed.platform,
        endpoints=tuple(
            Endpoint(
                e.kind,
                _endpoint_url(e, parsed.home, path),
                e.selector,
                e.archive or e.kind in _ARCHIVES,
                e.replay,
            )
            for e in parsed.endpoint
        ),
        schedule=Schedule(parsed.schedule.every, parsed.schedule.cron, parsed.schedule.zone),
        links=LinkRules(
            tuple(parsed.links.include),
            tuple(parsed.links.exclude),
            tuple(parsed.links.hosts),
            parsed.links.max_age,
        ),
        fetch=FetchRules(
            delay=parsed.fetch.delay,
            concurrency=parsed.fetch.concurrency,
            allow_private=parsed.fetch.allow_private,
            robots=parsed.fetch.robots,
            user_agent=parsed.fetch.user_agent,
            proxy=parsed.fetch.proxy,
            render=parsed.fetch.render,
            headers=tuple(parsed.fetch.headers.items()),
        ),
        extract=ExtractRules(**extract),
        path=path,
        shipped=shipped,
    )
