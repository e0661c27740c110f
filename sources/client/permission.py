"""Whether an address may be asked now, and how long after the last request to its host."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

from sources.client.address_guard import AddressGuard
from sources.client.answer.body import Caps
from sources.client.failure import Failure
from sources.client.host_health import HostHealth
from sources.client.journey import Journey, Received
from sources.client.limiter import HostLimiter
from sources.client.robots import LARGEST as LARGEST_ROBOTS
from sources.client.robots import MOST_REDIRECTS as MOST_ROBOTS_REDIRECTS
from sources.client.robots import PRODUCT, RobotsAnswer, RobotsCache, RobotsRules, RobotsStore
from sources.client.settings import ClientSettings
from sources.client.traffic import Traffic
from sources.client.web_address import WebAddress, parse_address
from sources.errors import RobotsDisallowed
from sources.source import FetchRules

__all__ = ["Permission"]


class Permission:
    """Asks the address guard, the host's pauses and rests, and its robots.txt."""

    def __init__(
        self,
        settings: ClientSettings,
        guard: AddressGuard,
        limiter: HostLimiter,
        health: HostHealth,
        *,
        ask: Callable[[Journey], Awaitable[Received]],
        clock: Callable[[], float],
        now: Callable[[], datetime],
        store: RobotsStore | None,
    ) -> None:
        """``ask``: downloads a robots.txt; ``store``: keeps it beyond this client."""
        self._settings = settings
        self._guard = guard
        self._limiter = limiter
        self._health = health
        self._ask = ask
        self._clock = clock
        self._now = now
        self._store = store
        self._robots: dict[str, RobotsCache] = {}

    async def aclose(self) -> None:
        """End what is being asked for."""
        for cache in self._robots.values():
            await cache.aclose()

    async def delay(self, journey: Journey) -> float:
        """Seconds to keep between two requests to the host where ``journey`` is.

        Raises:
            Failure: it may not be asked, or not now.
        """
        rules, address = journey.rules, journey.at
        self._guard.check_literal(address.host, address.port, private=rules.allow_private)
        self._limiter.check_pause(address.key)
        self._health.check(address.key)
        delay = self._settings.delay if rules.delay is None else rules.delay
        if not (journey.ask_robots and rules.robots):
            return delay
        robots = await self.robots(address, rules, journey.traffic)
        if not robots.allows(address.url):
            raise Failure(RobotsDisallowed, "robots.txt does not let us fetch this address")
        return self._kept_to(delay, robots)

    async def allows(
        self, address: WebAddress, rules: FetchRules, traffic: Traffic | None = None
    ) -> bool:
        """Whether robots.txt lets us fetch ``address``.

        Raises:
            Failure: it cannot be had, or the address may not be asked at all.
        """
        self._guard.check_literal(address.host, address.port, private=rules.allow_private)
        return not rules.robots or (await self.robots(address, rules, traffic)).allows(address.url)

    async def gap(self, url: str, rules: FetchRules, traffic: Traffic | None = None) -> float:
        """Seconds between two requests to ``url``'s host; an unknown robots.txt says nothing of it."""
        delay = self._settings.delay if rules.delay is None else rules.delay
        if not rules.robots:
            return delay
        try:
            robots = await self.robots(parse_address(url), rules, traffic)
        except Failure:
            return delay
        return self._kept_to(delay, robots)

    def _kept_to(self, delay: float, robots: RobotsRules) -> float:
        return max(delay, min(robots.crawl_delay or 0.0, self._settings.max_crawl_delay))

    async def robots(
        self, address: WebAddress, rules: FetchRules, traffic: Traffic | None = None
    ) -> RobotsRules:
        """The robots.txt of ``address``'s host, as it is meant for who asks.

        Raises:
            Failure: it cannot be had.
        """
        named = rules.user_agent or self._settings.user_agent
        agent = PRODUCT if named is None or PRODUCT in named else named
        cache = self._robots.get(agent)
        if cache is None:
            cache = RobotsCache(
                self._settings.robots_ttl, self._clock, agent, store=self._store, now=self._now
            )
            self._robots[agent] = cache

        async def ask() -> RobotsAnswer:
            journey = Journey(
                parse_address(f"{address.origin}/robots.txt"),
                replace(rules, headers=()),
                "text/plain,*/*;q=0.5",
                Caps(LARGEST_ROBOTS, LARGEST_ROBOTS, cut=True),
                MOST_ROBOTS_REDIRECTS,
                ask_robots=False,
                traffic=traffic,
            )
            received = await self._ask(journey)
            return RobotsAnswer(journey.at.url, received.status, received.body)

        return await cache.rules(address.origin, ask, private=rules.allow_private)
