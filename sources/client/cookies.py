"""Cookies for the length of one redirect chain; nothing is kept between downloads.

Many sites set a cookie, redirect to the same address and redirect for ever where it does not come
back. Only what that takes: name and value, sent back to the host that set them.
"""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["ChainCookies"]

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
