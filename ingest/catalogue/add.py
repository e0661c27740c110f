"""Filing a source that was found: its name, whether it is known already, its file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from ingest.errors import InputError
from ingest.trying.site_identity import free_name
from sources.address import address_key
from sources.errors import SourceFileError, SourcesError
from sources.hosting import site_of
from sources.platforms import apply_platform
from sources.source_file_text import source_file_text, write_source_file

if TYPE_CHECKING:
    from sources.catalogue import Catalogue
    from sources.source import Source

__all__ = ["Standing", "address_to_ask", "file_of", "naming", "standing_of", "text_of", "write"]


@dataclass(frozen=True, slots=True)
class Standing:
    """What the catalogue has already of a site."""

    #: A source with the same front page, or with one of the same feeds.
    same: Source | None = None
    #: Other sources of the same domain: editions, sister papers.
    near: tuple[Source, ...] = ()


def address_to_ask(given: str) -> str:
    """``given`` as an http(s) address: as people type it, without a scheme too.

    Raises:
        InputError: it is none.
    """
    text = given.strip()
    for scheme in ("feed:http", "feed://"):
        # What browsers handed to feed readers once.
        if text.lower().startswith(scheme):
            text = text[5:] if scheme == "feed:http" else f"http://{text[7:]}"
    if "://" not in text:
        text = f"https://{text}"
    try:
        address_key(text)
    except ValueError:
        raise InputError(
            f"{given[:200]!r} is no address; expected one such as https://www.my-paper.example"
        ) from None
    return text


def naming(catalogue: Catalogue, given: str | None) -> Callable[[str | None, str, str | None], str]:
    """What names a source found: ``given``, else a name that no source of another site has."""

    def name(title: str | None, home: str, language: str | None) -> str:
        if given is not None:
            return given
        key = site_of(home).key
        # A broken file of the operator's holds its name, too.
        taken = set(catalogue.names())
        taken -= {source.name for source in catalogue.all() if site_of(source.home).key == key}
        return free_name(title, home, taken, language)

    return name


def standing_of(source: Source, catalogue: Catalogue) -> Standing:
    """What ``catalogue`` has of the site of ``source``, by its home and its feeds."""
    home, key = address_key(source.home), site_of(source.home).key
    feeds = _feeds(source)
    same: Source | None = None
    near: list[Source] = []
    for other in catalogue.all():
        if address_key(other.home) == home or feeds & _feeds(other):
            # Of several, the operator's own.
            same = other if same is None or not other.shipped else same
        elif site_of(other.home).key == key:
            near.append(other)
    return Standing(same, tuple(near))


def _feeds(source: Source) -> set[str]:
    endpoints = apply_platform(source).endpoints
    return {address_key(endpoint.url) for endpoint in endpoints if endpoint.kind == "feed"}


def file_of(name: str, catalogue: Catalogue, folder: Path) -> Path:
    """The operator's file of the source called ``name``: where it is, else where it would be."""
    try:
        known = catalogue.get(name) if name in catalogue.names() else None
    except SourcesError:
        known = None
    if known is not None and not known.shipped and known.path is not None:
        return known.path
    return folder / f"{name}.toml"


def text_of(source: Source, address: str, today: date) -> str:
    """The file of ``source``, found from ``address``."""
    return source_file_text(source, comment=_comment(address, today))


def write(source: Source, path: Path, address: str, today: date, *, force: bool) -> None:
    """Write the file of ``source``, found from ``address``.

    Raises:
        InputError: there is such a file, and ``force`` is false.
        SourceFileError: it cannot be written.
    """
    if path.exists() and not force:
        raise InputError(f"{path}: there is such a file; --force replaces it, --name gives another")
    try:
        write_source_file(source, path, comment=_comment(address, today), replace=force)
    except SourceFileError as error:
        if path.exists() and not force:
            raise InputError(str(error)) from None
        raise


def _comment(address: str, today: date) -> str:
    parts = urlsplit(address)
    # A log-in in the address is nobody else's business.
    where = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    return f"Found from {where} by `copydesk add`, {today.isoformat()}."
