"""One POST to an address of the operator's own, such as a webhook: no page, no site, no manners of a crawler.

The way is httpx's own, with the proxies and authorities of the environment (``HTTPS_PROXY``,
``SSL_CERT_FILE``); what leads into the operator's network is theirs to name, so no address is refused.
A redirect is an answer and is not followed: what is sent is meant for nobody else.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

import httpx

from sources.client.retry import LONGEST_PAUSE, PASSING, parse_retry_after
from sources.client.settings import ClientSettings
from sources.client.wire.reasons import BROKEN, failure_of
from sources.errors import AddressRefused, FetchError, TimedOut

__all__ = ["Posted", "post"]

#: Bytes of the answer's body that are read.
_MOST_READ = 2048


@dataclass(frozen=True, slots=True)
class Posted:
    """What the other side answered."""

    status: int
    #: The beginning of its body.
    said: str
    #: Where it would lead on; the host alone.
    leads_to: str | None
    #: Seconds that it asks to wait.
    retry_after: float | None

    @property
    def taken(self) -> bool:
        """Whether it says that it has taken what was sent."""
        return 200 <= self.status < 300

    @property
    def passing(self) -> bool:
        """Whether another attempt may succeed by itself."""
        return self.status in PASSING or self.status >= 500 or self.status in (408, 425)


async def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    timeout: float,  # noqa: ASYNC109 - for the whole of it, whoever calls
    tls: ssl.SSLContext | None = None,
) -> Posted:
    """Send ``body`` to ``url``; all of it takes ``timeout`` seconds at most.

    ``tls``: how certificates are checked; as the environment says where left out.

    Raises:
        FetchError: no answer came. Its ``reason`` says why without the address, which may be secret.
    """
    settings = ClientSettings(connect_timeout=timeout, read_timeout=timeout)
    try:
        async with (
            asyncio.timeout(timeout),
            httpx.AsyncClient(
                timeout=timeout,
                verify=tls if tls is not None else httpx.create_ssl_context(),
                follow_redirects=False,
            ) as client,
            client.stream("POST", url, content=body, headers=dict(headers)) as answer,
        ):
            read = bytearray()
            async for part in answer.aiter_bytes():
                read += part
                if len(read) >= _MOST_READ:
                    break
            return Posted(
                status=answer.status_code,
                said=bytes(read[:_MOST_READ]).decode("utf-8", "replace"),
                leads_to=_host(answer.headers.get("location")),
                retry_after=_pause(answer.headers.get("retry-after")),
            )
    except TimeoutError:
        raise TimedOut("", f"no answer within {timeout:g} s") from None
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError, ValueError) as error:
        if isinstance(error, ssl.SSLError):
            raise
        raise AddressRefused("", f"no address that can be asked ({type(error).__name__})") from None
    except httpx.DecodingError:
        raise FetchError("", "the answer cannot be decoded") from None
    except BROKEN as error:
        failure = failure_of(error, settings)
        raise failure.error("", failure.reason) from None


def _host(location: str | None) -> str | None:
    if location is None:
        return None
    try:
        return urlsplit(location).hostname or "another path of it"
    except ValueError:
        return "somewhere that is no address"


def _pause(value: str | None) -> float | None:
    seconds = parse_retry_after(value, datetime.now(UTC))
    return min(seconds, LONGEST_PAUSE) if seconds is not None else None
