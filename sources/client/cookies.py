"""Cookies for the length of one redirect chain, and of those that a site insists on, for half an hour.

Many sites set a cookie, redirect to the same address and redirect for ever where it does not come
back. Only what that takes: name and value, sent back to the host that set them. A host that has shown
that it insists gets them with the next requests too, so that each page costs one request and not two.
No others are kept, since a metered paywall counts by them; and none ever touches a disk.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

__all__ = ["ChainCookies", "CookieShelf"]

MOST_COOKIES = 50
LONGEST_COOKIE = 4096


class ChainCookies:
    """What each host of one redirect chain has set."""

    def __init__(self) -> None:
        self._set: dict[str, dict[str, str]] = {}

    def take(self, host: str, values: Iterable[str]) -> None:
        """Remember the ``Set-Cookie`` values of an answer of ``host`` (RFC 6265, section 5.2)."""
        own = self._set.setdefault(host, {})
        for value in values:
            name, equals, content = value.partition(";")[0].partition("=")
            name, content = name.strip(), content.strip()
            if equals and name and len(name) + len(content) <= LONGEST_COOKIE:
                if len(own) >= MOST_COOKIES and name not in own:
                    continue
                own[name] = content

    def header(self, host: str) -> str:
        """The ``Cookie`` header for ``host``; empty where it set none."""
        return "; ".join(f"{name}={value}" for name, value in self._set.get(host, {}).items())


#: Seconds for which cookies that a host insists on are sent.
KEPT_FOR = 1800.0
MOST_HOSTS = 1000


class CookieShelf:
    """The cookies of hosts that answer nobody without."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: dict[str, tuple[str, float]] = {}

    def keep(self, host: str, header: str) -> None:
        """Send ``header`` to ``host`` for a while."""
        if header:
            while len(self._kept) >= MOST_HOSTS:
                del self._kept[next(iter(self._kept))]
            self._kept[host] = (header, self._clock() + KEPT_FOR)

    def header(self, host: str) -> str:
        """The ``Cookie`` header for ``host``; empty where it insists on none."""
        header, until = self._kept.get(host, ("", 0.0))
        if header and until <= self._clock():
            del self._kept[host]
            return ""
        return header
