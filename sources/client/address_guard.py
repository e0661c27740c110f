"""Which IP addresses may be asked because a page, a feed or a redirect said so.

Private, loopback, link-local, shared (RFC 6598), multicast and reserved ranges are refused, also
inside IPv6 addresses that carry an IPv4 one (mapped, 6to4, Teredo, NAT64) and in the decimal, octal
and hexadecimal spellings that resolvers take (``http://2130706433/``).
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
_NAT64 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))
_COMPATIBLE = ipaddress.IPv6Network("::/96")
_SITE_LOCAL = ipaddress.IPv6Network("fec0::/10")
#: 6to4 relays (RFC 7526 retired them); Python counts the range as public.
_RELAYS = ipaddress.IPv4Network("192.88.99.0/24")
#: Addresses of one name that are tried.
MOST_ADDRESSES = 4
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
            raise Failure(Unreachable, f"name {host} not resolved", again=again) from None
        except TimeoutError:
            raise Failure(TimedOut, f"name {host} not resolved in time", again=True) from None
        except (OSError, UnicodeError) as error:
            raise Failure(Unreachable, f"name {host} not resolved: {error}") from None
        if not addresses:
            raise Failure(Unreachable, f"name {host} has no address")
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
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    if ip.sixtofour is not None:
        return ip.sixtofour
    if ip.teredo is not None:
        return ip.teredo[1]
    if any(ip in network for network in _NAT64) or ip in _COMPATIBLE:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return None


def _kind(ip: _IPAddress) -> str | None:
    kinds = (
        (ip.is_unspecified, "the unspecified address"),
        (ip.is_loopback, "a loopback address"),
        (ip.is_link_local, "a link-local address"),
        (ip.is_multicast, "a multicast address"),
        (isinstance(ip, ipaddress.IPv6Address) and ip in _SITE_LOCAL, "a site-local address"),
        (ip.is_private, "a private address"),
        (isinstance(ip, ipaddress.IPv4Address) and ip in _RELAYS, "a relay's address"),
    )
    for holds, kind in kinds:
        if holds:
            return kind
    if _carried(ip) is not None:
        return None
    # Shared address space, documentation, benchmarking, the future: nothing public is there.
    return None if ip.is_global else "a reserved address"
