"""robots.txt (RFC 9309): fetched once a day and host, read by Protego."""

from __future__ import annotations

import asyncio
import re
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from protego import Protego

from sources.client.failure import Failure
from sources.errors import TimedOut, TooManyRedirects, Unreachable, cause_of_status

__all__ = [
    "LARGEST",
    "MOST_REDIRECTS",
    "PRODUCT",
    "RobotsAnswer",
    "RobotsCache",
    "RobotsRules",
    "RobotsStore",
    "StoredRobots",
]

#: The name by which a robots.txt addresses us.
PRODUCT = "Copydesk"
#: RFC 9309, section 2.5: at least 500 KiB must be read, the rest may be left.
LARGEST = 500 * 1024
#: RFC 9309, section 2.3.1.2.
MOST_REDIRECTS = 5
#: For how long a robots.txt that could not be had is not asked for again.
FAILURE_TTL = 300.0
#: What the cache may weigh, in characters of robots.txt; each entry counts as a page at least.
MOST_TEXT = 32 * 1024 * 1024
LEAST_WEIGHT = 4096
MOST_SITEMAPS = 500
#: Parsing more than this is left to a thread.
LARGE = 64 * 1024

#: A line that Protego takes for a User-agent line, in any of the spellings that it forgives.
_AGENT_LINE = re.compile(r"\s{0,20}user[\s-]{0,3}agent\b[ \t]{0,20}:?(.{0,2000})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RobotsAnswer:
    """What asking for a robots.txt gave."""

    url: str
    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class StoredRobots:
    """A robots.txt as a store keeps it."""

    answer: RobotsAnswer
    #: Aware.
    fetched_at: datetime


class RobotsStore(Protocol):
    """Keeps robots.txt files for other processes, and for later."""

    async def get(self, origin: str) -> StoredRobots | None:
        """The last answer of ``origin`` (``https://host``)."""

    async def put(self, origin: str, stored: StoredRobots) -> None:
        """Keep an answer."""


@dataclass(frozen=True, slots=True)
class RobotsRules:
    """What one host's robots.txt says to one agent."""

    _rules: Protego | None = None
    _agent: str = PRODUCT
    #: Seconds, or ``None``.
    crawl_delay: float | None = None
    sitemaps: tuple[str, ...] = ()
    weight: int = LEAST_WEIGHT

    def allows(self, url: str) -> bool:
        """Whether ``url`` may be fetched."""
        return self._rules is None or bool(self._rules.can_fetch(url, self._agent))


@dataclass(slots=True)
class _Kept:
    found: RobotsRules | Failure
    until: float


class RobotsCache:
    """The rules of each origin, fetched by whoever needs them first; others wait for that one."""

    def __init__(
        self,
        ttl: float,
        clock: Callable[[], float] = time.monotonic,
        agent: str = PRODUCT,
        *,
        store: RobotsStore | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Keep rules for ``ttl`` seconds; ``agent``: the User-Agent that groups are matched with.

        ``store``: keeps the files beyond this process; ``now``: the time of day, aware.
        """
        self._store = store
        self._now = now
        self._ttl = ttl
        self._clock = clock
        self._agent = agent
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._weight = 0
        self._asking: dict[tuple[str, bool], asyncio.Task[RobotsRules | Failure]] = {}

    async def aclose(self) -> None:
        """Stop what is being asked."""
        tasks = list(self._asking.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def rules(
        self, origin: str, ask: Callable[[], Awaitable[RobotsAnswer]], *, private: bool = False
    ) -> RobotsRules:
        """The rules of ``origin`` (``https://host``); ``ask`` downloads them where they are not known.

        ``private`` askers do not share a download with others, who may be refused the address.

        Raises:
            Failure: the server is in trouble, and RFC 9309 then asks not to crawl for now.
        """
        kept = self._kept.get(origin)
        if kept is not None and kept.until > self._clock():
            self._kept.move_to_end(origin)
            found = kept.found
        else:
            key = (origin, private)
            task = self._asking.get(key)
            if task is None:
                # A task of its own: an asker that is cancelled must not take the others with it.
                task = self._asking[key] = asyncio.create_task(self._ask(origin, ask))
                task.add_done_callback(lambda _: self._asking.pop(key, None))
            found = await asyncio.shield(task)
        if isinstance(found, Failure):
            raise Failure(
                found.error, found.reason, retry_after=found.retry_after, cause=found.cause
            )
        return found

    async def _ask(
        self, origin: str, ask: Callable[[], Awaitable[RobotsAnswer]]
    ) -> RobotsRules | Failure:
        stored = await self._store.get(origin) if self._store is not None else None
        if stored is not None:
            age = (self._now() - stored.fetched_at).total_seconds()
            if 0 <= age < self._ttl:
                found = await self._read(stored.answer)
                self._keep(origin, _Kept(found, self._clock() + self._ttl - age))
                return found
        try:
            answer = await ask()
            found = await self._read(answer)
            if self._store is not None and not isinstance(found, Failure):
                await self._store.put(origin, StoredRobots(answer, self._now()))
        except Failure as failure:
            if failure.error is TooManyRedirects:
                found = RobotsRules()  # "unavailable" in the RFC's words, as is a 404
            elif failure.error in (Unreachable, TimedOut):
                found = Failure(
                    failure.error,
                    f"robots.txt cannot be had: {failure.reason}",
                    retry_after=failure.retry_after,
                    cause=failure.cause,
                )
            else:
                return failure
        ttl = self._ttl
        if isinstance(found, Failure):
            ttl = min(found.retry_after or FAILURE_TTL, FAILURE_TTL, self._ttl)
            kept = self._kept.get(origin)
            # Section 2.4: what it said yesterday holds while it is down.
            if kept is not None and isinstance(kept.found, RobotsRules):
                found = kept.found
            elif stored is not None:
                found = await self._read(stored.answer)
        self._keep(origin, _Kept(found, self._clock() + ttl))
        return found

    def _keep(self, origin: str, kept: _Kept) -> None:
        old = self._kept.pop(origin, None)
        self._weight += _weight(kept) - (_weight(old) if old else 0)
        self._kept[origin] = kept
        while self._weight > MOST_TEXT and len(self._kept) > 1:
            _, dropped = self._kept.popitem(last=False)
            self._weight -= _weight(dropped)

    async def _read(self, answer: RobotsAnswer) -> RobotsRules | Failure:
        # 429 is a server in trouble too, although section 2.3.1.3 counts it among the 4xx.
        if answer.status >= 500 or answer.status == 429:
            return Failure(
                Unreachable,
                f"robots.txt answered {answer.status}; nothing is fetched for now",
                cause=cause_of_status(answer.status),
            )
        if not 200 <= answer.status < 300:
            return RobotsRules()
        body = answer.body
        if len(body) >= LARGEST:
            body = body[:LARGEST].rpartition(b"\n")[0]  # half a line might say too much
        text = body.decode("utf-8-sig", "replace").replace("\x00", "")
        if len(text) > LARGE:
            return await asyncio.to_thread(_parsed, text, self._agent)
        return _parsed(text, self._agent)


def _weight(kept: _Kept) -> int:
    return kept.found.weight if isinstance(kept.found, RobotsRules) else LEAST_WEIGHT


def _parsed(text: str, agent: str) -> RobotsRules:
    rules = Protego.parse(_of_our_groups(text, agent.lower()))
    delay = rules.crawl_delay(agent)
    return RobotsRules(
        rules,
        agent,
        delay if delay else None,
        tuple(dict.fromkeys(rules.sitemaps))[:MOST_SITEMAPS],
        max(LEAST_WEIGHT, len(text)),
    )


def _of_our_groups(text: str, agent: str) -> str:
    """``text`` with every group that cannot concern ``agent`` under one other name.

    Protego stores each rule once for each agent of its group: ten thousand agents above ten thousand
    rules, in half a megabyte, would fill the memory.
    """
    tokens = frozenset(re.findall(r"[a-z0-9_-]{1,80}", agent))
    lines = []
    for line in text.splitlines():
        match = _AGENT_LINE.match(line)
        if match:
            name = match[1].partition("#")[0].strip().lower()
            if name != "*":
                name = name.replace("*", "").partition("/")[0].strip()
                name = name if name in tokens else "somebody-else"
            lines.append(f"User-agent: {name}")
        else:
            lines.append(line)
    return "\n".join(lines)
