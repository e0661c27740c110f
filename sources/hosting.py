"""Which site an address is of, also where many sites share one registrable domain.

A paper has a domain; a blog may have a name under its host's (``name.substack.com``) or a folder
there (``name.wixsite.com/paper``). The houses are data (``hosting.toml``, and the private part of
the public suffix list, https://publicsuffix.org/list/).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from urllib.parse import urlsplit, urlunsplit

from sources.address import address_key, registrable_domain
from sources.public_suffix import registered

__all__ = ["Site", "Sites", "country_suffix", "same_site", "site_of"]

_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Site:
    """The site that an address is of."""

    #: Its front page: the origin, or the folder on its host, without a slash at the end.
    root: str
    #: The same for every address of the site.
    key: str
    #: Whether it lives under the domain of a house that hosts many.
    hosted: bool = False
    #: Whether the address is a relay's, which tells nothing of the site behind it.
    relayed: bool = False


@dataclass(frozen=True, slots=True)
class _Houses:
    names: frozenset[str]
    relays: frozenset[str]
    folders: dict[str, int]


@cache
def _houses() -> _Houses:
    text = resources.files("sources").joinpath("hosting.toml").read_text("utf-8")
    values = tomllib.loads(text)
    return _Houses(frozenset(values["names"]), frozenset(values["relays"]), values["folders"])


def site_of(url: str) -> Site:
    """The site of ``url``.

    Raises:
        ValueError: no http(s) address.
    """
    address_key(url)
    parts = urlsplit(url.strip())
    host = (parts.hostname or "").rstrip(".")
    port = parts.port if parts.port != _DEFAULT_PORTS[parts.scheme] else None
    named = f"[{host}]" if ":" in host else host
    origin = urlunsplit((parts.scheme, f"{named}:{port}" if port else named, "", "", ""))
    domain, hosted = _domain(host)
    key = f"{domain}:{port}" if port else domain
    if _is_relay(host):
        return Site(origin, address_key(url), relayed=True)
    folder = _folder(host, parts.path)
    if folder:
        return Site(f"{origin}/{folder}", f"{key}/{folder.lower()}", hosted=True)
    return Site(origin, key, hosted)


def same_site(first: str, second: str) -> bool:
    """Whether two addresses are of one site: of one domain, and of one customer where that is a house's.

    False where one of them is no http(s) address.
    """
    return Sites((first,)).has(second)


class Sites:
    """The sites of some addresses, and of hosts that are named beside them."""

    def __init__(self, addresses: Iterable[str], hosts: Iterable[str] = ()) -> None:
        # Of a host that is named the whole domain is meant, also where that is a house's.
        self._domains = {_domain(host)[0] for host in hosts if host}
        self._folders: set[tuple[str, str]] = set()
        for address in addresses:
            place = _place(address)
            if place is None:
                continue
            domain, folder = place
            if folder:
                self._folders.add((domain, folder))
            else:
                self._domains.add(domain)
        #: Domains of which only some folders are meant.
        self._shared = {domain for domain, _ in self._folders}

    def has(self, address: str) -> bool:
        """Whether ``address`` is of one of them."""
        try:
            host = urlsplit(address).hostname
        except ValueError:
            return False
        if not host:
            return False
        domain = _domain(host.rstrip("."))[0]
        if domain in self._domains:
            return True
        return domain in self._shared and _place(address) in self._folders


def _place(address: str) -> tuple[str, str] | None:
    """The domain of an address, and the folder there that is one customer's."""
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return None
    return (_domain(host)[0], _folder(host, parts.path).lower()) if host else None


@lru_cache(maxsize=16_384)
def _domain(host: str) -> tuple[str, bool]:
    """The domain that is one site's, and whether it lies under a hosting house's."""
    usual = registrable_domain(host)
    found = registered(host, houses=True)
    if found.private and found.label and found.label != "www":
        return f"{found.label}.{found.suffix}", True
    if usual in _houses().names and host != usual:
        label = host.removesuffix(f".{usual}").rpartition(".")[2]
        if label != "www":
            return f"{label}.{usual}", True
    return usual, False


def _is_relay(host: str) -> bool:
    relays = _houses().relays
    return host in relays or registrable_domain(host) in relays


def _folder(host: str, path: str) -> str:
    segments = [segment for segment in path.split("/") if segment]
    folders = _houses().folders
    count = folders.get(host.removeprefix("www."), 0) or folders.get(
        f"*.{host.partition('.')[2]}", 0
    )
    # medium.com/feed/paper is the feed of medium.com/paper
    if count and segments[:1] == ["feed"]:
        segments = segments[1:]
    if not count and segments and segments[0].startswith("~"):
        count = 1  # a user's pages, as university servers have had them since 1994
    chosen = segments[:count]
    if len(chosen) < count or (chosen and "." in chosen[-1] and not chosen[-1].startswith("@")):
        return ""  # the house's own page, or a file
    return "/".join(chosen)


def country_suffix(host: str) -> tuple[str, bool] | None:
    """The country-code domain that ``host`` ends with, and whether a second label stands before it.

    ``("uk", True)`` for ``paper.co.uk``, ``("am", False)`` for ``paper.am``, ``None`` for
    ``paper.com`` and for a suffix that the public suffix list does not know.
    """
    suffix = registered(host).suffix
    last = suffix.rpartition(".")[2]
    return (last, "." in suffix) if len(last) == 2 and last.isascii() else None
