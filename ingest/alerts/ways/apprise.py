"""A message told by Apprise, which knows a hundred services; an extra, ``copydesk[apprise]``."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from ingest.alerts.settings import Secret
from ingest.alerts.ways.sending import NotSent, secret_of

if TYPE_CHECKING:
    from ingest.alerts.message import Message
    from ingest.alerts.settings import AppriseWay

__all__ = ["AppriseSender"]

#: States to Apprise's kinds of notice, which some services colour.
_KINDS = {"broken": "failure", "degraded": "warning", "quiet": "warning", "healthy": "success"}


class AppriseSender:
    """Sends to each of the addresses; some hold tokens in any place, so none is ever shown."""

    def __init__(self, way: AppriseWay) -> None:
        self._way = way

    async def send(self, message: Message) -> str:
        """Send it to all of them; where one fails it is sent to all again."""
        urls = self._way.urls
        if isinstance(urls, Secret):
            lines = secret_of(urls).splitlines()
            urls = tuple(line.strip() for line in lines if line.strip() and line[0] != "#")
        try:
            async with asyncio.timeout(self._way.timeout):
                return await asyncio.to_thread(_send, urls, message)
        except TimeoutError:
            raise NotSent(f"Apprise took longer than {self._way.timeout:g} s") from None


def _send(urls: tuple[str, ...], message: Message) -> str:
    try:
        import apprise
    except ImportError:
        raise NotSent("needs Apprise; pip install 'copydesk[apprise]'", "later") from None
    failed = []
    for number, url in enumerate(urls, 1):
        which = f"{url.partition('://')[0][:20]}:// ({number} of {len(urls)})"
        one = apprise.Apprise()
        if not one.add(url):
            raise NotSent(f"Apprise knows no address like {which}; see its documentation", "later")
        kind = "info" if message.kind == "test" else _KINDS.get(message.state, "info")
        if not one.notify(
            title=message.subject, body=message.text, notify_type=apprise.NotifyType(kind)
        ):
            failed.append(which)
    if failed:
        raise NotSent(f"Apprise could not deliver to {', '.join(failed)}")
    return f"delivered to {len(urls)}" if len(urls) > 1 else "delivered"
