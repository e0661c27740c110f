"""An http(s) address taken apart once, in the spelling that goes on the wire.

Hosts are read as browsers read them (https://url.spec.whatwg.org/#host-parsing): percent escapes
undone, IDNA applied, every spelling of an IPv4 address (``0x7f.1``, ``2130706433``) made canonical,
so that whoever checks an address sees the one that is connected to. User and password are dropped:
a link may not make us log in anywhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, urljoin, urlsplit

import idna

from sources.client.address_guard import literal_address
from sources.client.failure import Failure
from sources.errors import AddressRefused

__all__ = ["OtherScheme", "WebAddress", "parse_address"]

LONGEST_ADDRESS = 8000
_DEFAULT_PORTS = {"http": 80, "https": 443}
_NAME = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]{0,252})")
#: Characters that stay as they are in path and query; others are percent-encoded as UTF-8.
_SAFE = "%/:=&?~+!$,;'@()*[]|"
_NOT_IN_ADDRESSES = str.maketrans("", "", "\t\r\n")


class OtherScheme(Failure):
    """The address is well formed, but neither http nor https."""


@dataclass(frozen=True, slots=True)
class WebAddress:
    """Where one request goes."""

    scheme: str
    #: ASCII, lower case; IPv6 without brackets.
    host: str
    port: int
    #: Path and query, ASCII.
    target: str

    @property
    def authority(self) -> str:
        """``host``, with the port where it is not the scheme's own: a request's ``Host``."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """``https://host``, with the port where it is not the scheme's own."""
        return f"{self.scheme}://{self.authority}"

    @property
    def key(self) -> str:
        """``host:port``, the name under which a host's rate is limited."""
        return f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """The whole address, without fragment."""
        return self.origin + self.target

    def __str__(self) -> str:
        return self.url


def parse_address(url: str, base: WebAddress | None = None) -> WebAddress:
    """Take ``url`` apart; relative to ``base`` if given.

    Raises:
        Failure: ``AddressRefused``, with what is wrong; ``OtherScheme`` where it is only that.
    """
    url = url.strip().translate(_NOT_IN_ADDRESSES)
    if len(url) > LONGEST_ADDRESS:
        raise Failure(AddressRefused, f"longer than {LONGEST_ADDRESS} characters")
    try:
        parts = urlsplit(urljoin(base.url, url) if base else url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise Failure(AddressRefused, f"no address: {error}") from None
    if parts.scheme not in _DEFAULT_PORTS:
        raise OtherScheme(AddressRefused, f"expected http or https, found {parts.scheme[:20]!r}")
    if port == 0:
        raise Failure(AddressRefused, "port 0 cannot be asked")
    target = quote(parts.path or "/", safe=_SAFE)
    if not target.startswith("/"):
        target = "/" + target
    if parts.query:
        target += "?" + quote(parts.query, safe=_SAFE)
    return WebAddress(parts.scheme, _host(host), port or _DEFAULT_PORTS[parts.scheme], target)


def _host(host: str) -> str:
    if "%" in host and ":" not in host:
        host = unquote(host)
    if not host.isascii():
        host = _ascii(host)
    host = host.lower().removesuffix(".")
    if not host:
        raise Failure(AddressRefused, "the address has no host")
    literal = literal_address(host)
    if literal is not None:
        return literal
    if not _NAME.fullmatch(host) or ".." in host or any(len(part) > 63 for part in host.split(".")):
        raise Failure(AddressRefused, f"{host[:80]!r} is no host name")
    return host


def _ascii(host: str) -> str:
    # The newer standard knows more scripts, the older one the emoji that are registered all the same.
    try:
        return idna.encode(host[:300], uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        pass
    try:
        return host[:300].encode("idna").decode("ascii")
    except UnicodeError:
        raise Failure(AddressRefused, f"{host[:80]!r} is no host name") from None
