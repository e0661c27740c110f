"""A message told by a POST of JSON, signed where a secret is shared."""

from __future__ import annotations

import hashlib
import hmac
import json
import ssl
import time
from importlib.metadata import version
from typing import TYPE_CHECKING

from ingest.alerts.message import one_line
from ingest.alerts.settings import Secret
from ingest.alerts.ways.sending import NotSent, secret_of
from sources.errors import AddressRefused, FetchError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ingest.alerts.message import Message
    from ingest.alerts.settings import WebhookWay
    from sources.client.wire.posting import Posted

__all__ = ["SIGNATURE", "WebhookSender", "signature"]

#: The header that shows who sent it.
SIGNATURE = "Copydesk-Signature"
#: Statuses by which the address as a whole refuses, and not this message: somebody has to mend it.
_OF_THE_ADDRESS = frozenset([401, 402, 403, 404, 405, 407, 410])
_TOLD = 120


class WebhookSender:
    """Sends each message to one address."""

    def __init__(
        self,
        way: WebhookWay,
        *,
        tls: ssl.SSLContext | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """``clock``: the time of day in seconds, which is signed with the message."""
        self._way = way
        self._tls = tls
        self._clock = clock

    async def send(self, message: Message) -> str:
        """Send it; the other side has to answer with a status from 200 to 299."""
        # httpx is loaded where it is needed, and has been where anything is collected.
        from sources.client.wire.posting import post

        way = self._way
        url = secret_of(way.url) if isinstance(way.url, Secret) else way.url
        body = json.dumps(message.as_json(), ensure_ascii=False).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": f"Copydesk/{version('copydesk')}",
            # The same when the same is sent again, as after an answer that got lost.
            "Idempotency-Key": message.id,
            **dict(way.headers),
        }
        if way.secret is not None:
            headers[SIGNATURE] = signature(secret_of(way.secret), body, int(self._clock()))
        try:
            posted = await post(url, body, headers, timeout=way.timeout, tls=self._tls)
        except FetchError as error:
            untrusted = "certificate" in error.reason
            raise NotSent(
                error.reason,
                "later" if untrusted or isinstance(error, AddressRefused) else "soon",
            ) from None
        if not posted.taken:
            raise _refused(posted)
        return f"answered {posted.status}"


def signature(secret: str, body: bytes, at: int) -> str:
    """What the header says: ``t=SECONDS,v1=HEX``, HMAC-SHA256 of ``SECONDS.BODY`` with the secret."""
    digest = hmac.new(secret.encode(), b"%d." % at + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def _refused(posted: Posted) -> NotSent:
    if 300 <= posted.status < 400:
        return NotSent(
            f"answered {posted.status}, which leads to {posted.leads_to}; name that address in url",
            "later",
        )
    said = (one_line(posted.said) or "")[:_TOLD]
    why = f"answered {posted.status}" + (f": {said}" if said else "")
    if posted.passing:
        return NotSent(why, "soon", after=posted.retry_after)
    return NotSent(why, "later" if posted.status in _OF_THE_ADDRESS else "never")
