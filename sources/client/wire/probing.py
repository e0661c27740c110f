"""One look at a host: does its name resolve, is its certificate right and for how long, does it answer?

One connection and one request, for robots.txt, whose head alone is read. It says what a download would
not: how long the certificate lasts, and what time it is over there.
"""

from __future__ import annotations

import asyncio
import contextlib
import email.utils
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx

from sources.client.address_guard import AddressGuard, Resolve, resolve
from sources.client.failure import Failure
from sources.client.request_headers import user_agent
from sources.client.settings import ClientSettings
from sources.client.web_address import parse_address
from sources.client.wire.reasons import failure_of

__all__ = ["Probe", "probe"]

_LARGEST_HEAD = 64 * 1024


@dataclass(frozen=True, slots=True)
class Probe:
    """What was seen of a host."""

    host: str
    #: How far it went: ``name``, ``connection``, ``certificate``, ``answer``; where it failed.
    step: str
    #: Why it failed there; ``None`` where it did not.
    why: str | None = None
    #: Until when its certificate is valid; ``None`` without TLS.
    certificate_until: datetime | None = None
    #: Status of its robots.txt, and the time that it says it is.
    status: int | None = None
    date: datetime | None = None


async def probe(
    url: str,
    settings: ClientSettings,
    *,
    private: bool,
    within: float,
    tls: ssl.SSLContext | None = None,
    resolve: Resolve = resolve,
) -> Probe:
    """Look at the host of ``url``; each step takes ``within`` seconds at most.

    Args:
        url: any address there.
        settings: of the client: ``connect_to``, who asks.
        private: whether it may be in a private network.
        within: seconds.
        tls: how certificates are checked; by the usual authorities where left out.
        resolve: from a name to addresses.
    """
    step, host = "name", url[:100]
    try:
        address = parse_address(url)
        host = address.host
        guard = AddressGuard(resolve, settings.connect_to)
        targets = await guard.targets(host, address.port, private=private, within=within)
        secure = address.scheme == "https"
        context = (tls or httpx.create_ssl_context()) if secure else None
        step = "certificate" if secure else "connection"
        async with asyncio.timeout(within):
            reader, writer = await asyncio.open_connection(
                *targets[0],
                ssl=context,
                server_hostname=host if context is not None else None,
                limit=_LARGEST_HEAD,
            )
        try:
            until = _valid_until(writer)
            step = "answer"
            agent = user_agent(settings.user_agent, settings.contact)
            writer.write(
                f"GET /robots.txt HTTP/1.1\r\nHost: {address.authority}\r\n"
                f"User-Agent: {agent}\r\nAccept: text/plain,*/*;q=0.5\r\nConnection: close\r\n\r\n".encode(
                    "latin-1", "replace"
                )
            )
            async with asyncio.timeout(within):
                head = await reader.readuntil(b"\r\n\r\n")
        finally:
            writer.transport.abort()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
        status, date = _read(head)
        return Probe(host, step, None if status else "no HTTP", until, status, date)
    except Failure as failure:
        return Probe(host, step, failure.reason)
    except TimeoutError:
        return Probe(host, step, f"nothing came within {within:g} s")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        return Probe(host, step, "it broke off, or is no HTTP")
    except (OSError, ssl.SSLError) as error:
        if not isinstance(error, ssl.SSLError):
            step = "connection" if step == "certificate" else step
        broken = httpx.ConnectError(str(error))
        broken.__cause__ = error
        return Probe(host, step, failure_of(broken, settings).reason)


def _valid_until(writer: asyncio.StreamWriter) -> datetime | None:
    certificate = writer.get_extra_info("peercert")
    if not certificate:
        return None
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(certificate["notAfter"]), UTC)


def _read(head: bytes) -> tuple[int | None, datetime | None]:
    """Status and time of an answer's head; a time that a cache has kept is none."""
    first, *lines = head.decode("latin-1").split("\r\n")
    parts = first.split(" ", 2)
    if not parts[0].startswith("HTTP/") or len(parts) < 2 or not parts[1].isdigit():
        return None, None
    fields: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if colon:
            fields.setdefault(name.strip().lower(), value.strip())
    date = None
    if fields.get("age", "0") == "0":
        with contextlib.suppress(ValueError, TypeError, IndexError, OverflowError):
            date = email.utils.parsedate_to_datetime(fields.get("date", "")[:60])
            date = date if date.tzinfo else date.replace(tzinfo=UTC)
    return int(parts[1][:3]), date
