"""Which IP addresses may be asked because a page, a feed or a redirect said so.

Private, loopback, link-local, shared (RFC 6598), multicast and reserved ranges are refused, also
inside IPv6 addresses that carry an IPv4 one (mapped, translated, 6to4, Teredo, NAT64, ISATAP) and in
the decimal, octal and hexadecimal spellings that resolvers take (``http://2130706433/``).
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Mapping

from sources.client.failure import Failure
from sources.errors import AddressRefused, TimedOut, Unreachable

__all__ = ["AddressGuard", "Resolve", "literal_address", "refusal", "resolve"]

#: From host and port to IP addresses, best first.
Resolve = Callable[[str, int], Awaitable[list[str]]]

_IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_ASSIGNMENTS = ipaddress.IPv6Network("2001::/23")
#: The client's address stands in it inverted (RFC 4380).
_TEREDO = ipaddress.IPv6Network("2001::/32")
#: What is of special use, by the registries of IANA (RFC 6890 and what came after it), the narrower
#: first. A table of our own, since that of ``ipaddress`` differs from one release of Python to the
#: next. Where a range holds single addresses that are globally reachable (two anycast services in
#: 192.0.0.0/24), nothing of them is news, and they are refused with the rest.
_TABLE: dict[int, tuple[tuple[str | ipaddress.IPv6Network, str], ...]] = {
    4: (
        ("0.0.0.0/32", "the unspecified address"),
        ("0.0.0.0/8", "an address of this network"),
        ("10.0.0.0/8", "a private address"),
        ("100.64.0.0/10", "a reserved address"),  # shared, RFC 6598
        ("127.0.0.0/8", "a loopback address"),
        ("169.254.0.0/16", "a link-local address"),
        ("172.16.0.0/12", "a private address"),
        ("192.0.0.0/24", "a reserved address"),  # protocol assignments, RFC 6890
        ("192.0.2.0/24", "a reserved address"),  # documentation, RFC 5737
        ("192.88.99.0/24", "a relay's address"),  # 6to4 relays, retired by RFC 7526
        ("192.168.0.0/16", "a private address"),
        ("198.18.0.0/15", "a reserved address"),  # benchmarks, RFC 2544
        ("198.51.100.0/24", "a reserved address"),
        ("203.0.113.0/24", "a reserved address"),
        ("224.0.0.0/4", "a multicast address"),
        ("240.0.0.0/4", "a reserved address"),
    ),
    6: (
        ("::/128", "the unspecified address"),
        ("::1/128", "a loopback address"),
        ("100::/64", "a reserved address"),  # discard-only, RFC 6666
        # Protocol assignments (RFC 2928) but for Teredo, which carries an IPv4 address.
        *((part, "a reserved address") for part in _ASSIGNMENTS.address_exclude(_TEREDO)),
        ("2001:db8::/32", "a reserved address"),  # documentation, RFC 3849
        ("3ffe::/16", "a reserved address"),  # 6bone, RFC 3701
        ("3fff::/20", "a reserved address"),  # documentation, RFC 9637
        ("5f00::/16", "a reserved address"),  # segment routing, RFC 9602
        ("fc00::/7", "a private address"),
        ("fe80::/10", "a link-local address"),
        ("fec0::/10", "a site-local address"),
        ("ff00::/8", "a multicast address"),
    ),
}
_SPECIAL: Mapping[int, tuple[tuple[_Network, str], ...]] = {
    version: tuple((ipaddress.ip_network(part), kind) for part, kind in table)
    for version, table in _TABLE.items()
}
#: All that IANA has given out as global unicast (RFC 4291, section 2.4).
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
#: IPv6 ranges whose last four bytes are an IPv4 address: compatible and mapped (RFC 4291),
#: translated (RFC 2765), NAT64 (RFC 6052, RFC 8215).
_CARRIERS = tuple(
    ipaddress.IPv6Network(text)
    for text in ("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48")
)
_SIX_TO_FOUR = ipaddress.IPv6Network("2002::/16")
#: Bytes 9 to 12 of an ISATAP address, but for the bit "universal" (RFC 5214).
_ISATAP = 0x00005EFE
#: Addresses of one name that are tried.
MOST_ADDRESSES = 4
#: The kind of failure of a name that does not resolve.
_DNS = "dns"
_REMEDY = "allow_private = true in [fetch] of the source file opens it"


class AddressGuard:
    """Says which IP addresses to connect to for a host, and refuses those that may not be asked."""

    def __init__(self, resolve: Resolve, connect_to: Mapping[str, str]) -> None:
        """``connect_to``: the operator's own ``host`` or ``host:port`` to ``ip:port``, trusted."""
        self._resolve = resolve
        self._connect_to = {key.lower(): value for key, value in connect_to.items()}

    def check_literal(self, host: str, port: int, *, private: bool) -> None:
        """Refuse early what needs no resolver.

        Raises:
            Failure: ``AddressRefused``.
        """
        literal = literal_address(host)
        if literal is None or private or self._override(host, port):
            return
        why = refusal(literal)
        if why is not None:
            raise Failure(AddressRefused, f"{why}; {_REMEDY}")

    async def targets(
        self, host: str, port: int, *, private: bool, within: float | None
    ) -> list[tuple[str, int]]:
        """IP address and port to connect to, best first; resolving takes ``within`` seconds at most.

        Raises:
            Failure: refused, or not resolved.
        """
        override = self._override(host, port)
        if override is not None:
            return [override]
        literal = literal_address(host)
        addresses = [literal] if literal else await self._resolved(host, port, within)
        if not private:
            for address in addresses:
                why = refusal(address)
                # One bad answer among good ones is how rebinding begins: all or nothing.
                if why is not None:
                    found = why if literal else f"{host} leads inside: {why}"
                    raise Failure(AddressRefused, f"{found}; {_REMEDY}")
        return [(address, port) for address in addresses[:MOST_ADDRESSES]]

    async def check_target(
        self, host: str, port: int, *, private: bool, within: float | None
    ) -> None:
        """Refuse what a proxy must not be asked for; a name that only the proxy can resolve may pass.

        Raises:
            Failure: ``AddressRefused``.
        """
        try:
            await self.targets(host, port, private=private, within=within)
        except Failure as failure:
            if failure.error is AddressRefused:
                raise

    def _override(self, host: str, port: int) -> tuple[str, int] | None:
        target = self._connect_to.get(f"{host}:{port}") or self._connect_to.get(host)
        if target is None:
            return None
        address, _, own_port = target.rpartition(":")
        if address and own_port.isdigit() and ("]" in address or ":" not in address):
            return address.strip("[]"), int(own_port)
        return target.strip("[]"), port

    async def _resolved(self, host: str, port: int, within: float | None) -> list[str]:
        try:
            async with asyncio.timeout(within):
                addresses = await self._resolve(host, port)
        except socket.gaierror as error:
            again = error.errno == socket.EAI_AGAIN
            raise Failure(
                Unreachable, f"name {host} not resolved", again=again, cause=_DNS
            ) from None
        except TimeoutError:
            raise Failure(
                TimedOut, f"name {host} not resolved in time", again=True, cause=_DNS
            ) from None
        except (OSError, UnicodeError) as error:
            raise Failure(Unreachable, f"name {host} not resolved: {error}", cause=_DNS) from None
        if not addresses:
            raise Failure(Unreachable, f"name {host} has no address", cause=_DNS)
        return addresses


async def resolve(host: str, port: int) -> list[str]:
    """The addresses of ``host`` as the system resolves it.

    Raises:
        OSError: it does not resolve.
    """
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]).partition("%")[0] for *_, address in found))


def literal_address(host: str) -> str | None:
    """The IP address that ``host`` spells, in any spelling that resolvers take, or ``None``."""
    try:
        return str(ipaddress.ip_address(host.strip("[]").partition("%")[0]))
    except ValueError:
        pass
    last = host.rstrip(".").rpartition(".")[2]
    # inet_aton takes 127.1, 0x7f000001, 017700000001; names that end in a letter are names
    if not last or not (last.isascii() and (last.isdigit() or last.lower().startswith("0x"))):
        return None
    try:
        return socket.inet_ntoa(socket.inet_aton(host.rstrip(".")))
    except OSError:
        return None


def refusal(address: str) -> str | None:
    """Why ``address`` (an IP address) may not be asked; ``None`` where it may."""
    try:
        ip: _IPAddress = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return f"{address!r} is no IP address"
    inner = _carried(ip)
    for candidate in (ip, inner) if inner is not None else (ip,):
        kind = _kind(candidate)
        if kind:
            return f"{address} is {kind}"
    return None


def _carried(ip: _IPAddress) -> ipaddress.IPv4Address | None:
    """The IPv4 address inside an IPv6 one."""
    if not isinstance(ip, ipaddress.IPv6Address):
        return None
    if ip in _SIX_TO_FOUR:
        return ipaddress.IPv4Address(int(ip) >> 80 & 0xFFFFFFFF)
    if ip in _TEREDO:
        return ipaddress.IPv4Address(~int(ip) & 0xFFFFFFFF)
    if any(ip in network for network in _CARRIERS) or int(ip) >> 32 & 0xFDFFFFFF == _ISATAP:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return None


def _kind(ip: _IPAddress) -> str | None:
    for network, kind in _SPECIAL[ip.version]:
        if ip in network:
            return kind
    if ip.version == 6 and ip not in _GLOBAL_UNICAST and _carried(ip) is None:
        return "a reserved address"
    return None
