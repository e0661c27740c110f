"""The fetch loop: permission, turn, request, redirects, retries, caps."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import random
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Self
from urllib.parse import urljoin

from sources.client.address_guard import AddressGuard, Resolve, resolve
from sources.client.body import Caps, read_body
from sources.client.cookies import ChainCookies, CookieShelf
from sources.client.failure import Failure
from sources.client.host_health import HostHealth
from sources.client.limiter import HostLimiter
from sources.client.request_headers import ACCEPT, request_headers, user_agent
from sources.client.retry import LONGEST_PAUSE, PASSING, back_off, parse_retry_after
from sources.client.robots import LARGEST as LARGEST_ROBOTS
from sources.client.robots import MOST_REDIRECTS as MOST_ROBOTS_REDIRECTS
from sources.client.robots import PRODUCT, RobotsAnswer, RobotsCache, RobotsRules, RobotsStore
from sources.client.settings import ClientSettings
from sources.client.traffic import Traffic
from sources.client.transport import Answer, Transport
from sources.client.web_address import OtherScheme, WebAddress, parse_address
from sources.errors import (
    AddressRefused,
    EndpointError,
    FetchError,
    RobotsDisallowed,
    TimedOut,
    TooManyRedirects,
    Unreachable,
)
from sources.page import Page, Validators
from sources.source import FetchRules

__all__ = ["Client"]

_REDIRECTS = frozenset([301, 302, 303, 307, 308])
_WITH_VALIDATORS = frozenset([200, 203, 304])
_BY_DEFAULT = FetchRules()


@dataclass(slots=True)
class _Journey:
    """One download on its way through redirects."""

    asked: WebAddress
    rules: FetchRules
    accept: str
    caps: Caps
    max_redirects: int
    validators: Validators | None = None
    #: False for robots.txt itself.
    ask_robots: bool = True
    at: WebAddress = field(init=False)
    trail: list[str] = field(default_factory=list)
    cookies: ChainCookies = field(default_factory=ChainCookies)
    #: Seconds of the answers that led here, which count against the time for the whole.
    spent: float = 0.0

    def __post_init__(self) -> None:
        self.at = self.asked


@dataclass(frozen=True, slots=True)
class _Received:
    status: int
    headers: dict[str, str]
    cookies: tuple[str, ...]
    body: bytes
    took: float
    retry_after: float | None


class Client:
    """Downloads politely; use as an asynchronous context manager.

    One client serves all sources of a process: it holds the only limiter. It belongs to one event
    loop.
    """

    def __init__(
        self,
        settings: ClientSettings | None = None,
        *,
        resolve: Resolve = resolve,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        chance: Callable[[], float] = random.random,
        tls: ssl.SSLContext | None = None,
        robots_store: RobotsStore | None = None,
    ) -> None:
        """Take time, network and randomness from outside where given.

        Args:
            settings: the operator's.
            resolve: from a name and a port to IP addresses.
            clock: seconds, never going back.
            sleep: waits so many seconds.
            now: the time of day, UTC.
            chance: a number in [0, 1) for the jitter of retries.
            tls: how certificates are checked; the usual authorities where left out.
            robots_store: keeps robots.txt files beyond this client; in memory only where left out.
        """
        self.settings = settings or ClientSettings()
        self._guard = AddressGuard(resolve, self.settings.connect_to)
        self._transport = Transport(self.settings, self._guard, tls)
        self._limiter = HostLimiter(
            self.settings.total_concurrency, self.settings.max_retry_after, clock, sleep
        )
        self._clock = clock
        self._sleep = sleep
        self._now = now
        self._chance = chance
        self._agent = user_agent(self.settings.user_agent, self.settings.contact)
        self._robots: dict[str, RobotsCache] = {}
        self._robots_store = robots_store
        self._health = HostHealth(clock, self.settings.first_rest)
        self._shelf = CookieShelf(clock)
        self._traffic: Traffic | None = None

    def counting(self, traffic: Traffic) -> Client:
        """A client with the connections and limits of this one, counting its requests in ``traffic``.

        It is closed with the one that it was made of.
        """
        counted = copy.copy(self)
        counted._traffic = traffic
        return counted

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close every connection; nothing may be under way."""
        for cache in self._robots.values():
            await cache.aclose()
        await self._transport.aclose()

    async def fetch(
        self,
        url: str,
        *,
        rules: FetchRules = _BY_DEFAULT,
        validators: Validators | None = None,
        accept: str = "page",
        max_body: int | None = None,
    ) -> Page:
        """Download ``url``, following redirects, waiting for its turn.

        Every address on the way is guarded, asked for in robots.txt, and counted against its own
        host's rate. Failures that may pass (no connection, a broken answer, 429, 5xx) are retried
        ``settings.retries`` times. A host that asks by Retry-After for a rest gets it, whatever is
        asked of it: short rests are waited for; during long ones its addresses are ``Unreachable``
        at once.

        Args:
            url: absolute http(s) address; a fragment is dropped.
            rules: of the source; the installation's where left out.
            validators: of an earlier answer; the server may then answer 304 without a body.
            accept: what is asked for: ``page``, ``feed``, ``sitemap``, or anything.
            max_body: bytes after decompression; the settings' where left out.

        Returns:
            The page, whatever its status: also 4xx, and 429 and 5xx after the retries.

        Raises:
            FetchError: no page came back; its class says why, ``passing`` whether to try again.
        """
        wire = self.settings.max_wire if max_body is None else max_body
        caps = Caps(max_body or self.settings.max_body, wire)
        journey: _Journey | None = None
        try:
            asked = parse_address(url)
            journey = _Journey(
                asked,
                rules,
                ACCEPT.get(accept, "*/*"),
                caps,
                self.settings.max_redirects,
                validators,
            )
            received = await self._follow(journey)
        except Failure as failure:
            raise _error(url, failure, journey) from failure
        known = received.headers if received.status in _WITH_VALIDATORS else {}
        before = validators if validators is not None and received.status == 304 else Validators()
        return Page(
            requested_url=url,
            url=journey.at.url,
            status=received.status,
            headers=received.headers,
            body=received.body,
            fetched_at=self._now(),
            elapsed=journey.spent,
            redirects=tuple(journey.trail),
            retry_after=received.retry_after,
            validators=Validators(
                known.get("etag") or before.etag,
                known.get("last-modified") or before.last_modified,
            ),
        )

    @contextlib.asynccontextmanager
    async def stream(
        self, url: str, *, rules: FetchRules = _BY_DEFAULT, start: int = 0
    ) -> AsyncIterator[AsyncIterator[bytes]]:
        """The bytes of a large file (an archive) from ``start`` on, as they come, in its turn.

        Asked for by a range (RFC 9110, section 14); a server that does not know of ranges sends it
        all, and what is before ``start`` is dropped. One request, redirects followed, no cap on the
        whole and none on its time but the silence between two bytes.

        Raises:
            FetchError: also from within the block, while the file is read.
            EndpointError: the server has no such file.
        """
        journey: _Journey | None = None
        try:
            caps = Caps(self.settings.max_body, self.settings.max_wire)
            journey = _Journey(parse_address(url), rules, "*/*", caps, self.settings.max_redirects)
            while True:
                delay = await self._permitted(journey)
                address = journey.at
                headers = request_headers(
                    address,
                    asked=journey.asked,
                    agent=self._agent,
                    accept="*/*",
                    rules=rules,
                    validators=None,
                    cookies="",
                )
                headers = [pair for pair in headers if pair[0] != "accept-encoding"]
                headers += [("accept-encoding", "identity")]
                headers += [("range", f"bytes={start}-")] if start else []
                limit = rules.concurrency or self.settings.concurrency
                async with (
                    self._limiter.turn(address.key, delay=delay, concurrency=limit),
                    self._transport.get(
                        address,
                        headers,
                        private=rules.allow_private,
                        proxy=rules.proxy,
                        traffic=self._traffic,
                    ) as answer,
                ):
                    location = answer.headers.get("location", "").strip()
                    if answer.status in _REDIRECTS and location:
                        journey.trail.append(address.url)
                        if len(journey.trail) > journey.max_redirects:
                            raise Failure(TooManyRedirects, f"redirects: {_chain(journey)}")
                        journey.at = parse_address(location, address)
                        continue
                    if answer.status == 416:
                        yield _nothing()
                        return
                    if answer.status not in (200, 206):
                        if answer.status < 500 and answer.status != 429:
                            raise EndpointError(url, f"the server answered {answer.status}")
                        raise Failure(
                            Unreachable,
                            f"the server answered {answer.status}",
                            retry_after=parse_retry_after(
                                answer.headers.get("retry-after"), self._now()
                            ),
                        )
                    yield _from(answer, start if answer.status == 200 else 0)
                    return
        except Failure as failure:
            raise _error(url, failure, journey) from failure

    async def allowed(self, url: str, rules: FetchRules = _BY_DEFAULT) -> bool:
        """Whether robots.txt lets us fetch ``url``.

        Raises:
            FetchError: the robots.txt cannot be had, or the address may not be asked at all.
        """
        try:
            address = parse_address(url)
            self._guard.check_literal(address.host, address.port, private=rules.allow_private)
            return not rules.robots or (await self._robots_rules(address, rules)).allows(
                address.url
            )
        except Failure as failure:
            raise failure.error(url, failure.reason, failure.retry_after) from failure

    async def gap(self, url: str, rules: FetchRules = _BY_DEFAULT) -> float:
        """Seconds kept between two requests to ``url``'s host: the rules', or its Crawl-delay.

        A robots.txt that cannot be had says nothing of it.
        """
        delay = self.settings.delay if rules.delay is None else rules.delay
        if not rules.robots:
            return delay
        try:
            robots = await self._robots_rules(parse_address(url), rules)
        except Failure:
            return delay
        return max(delay, min(robots.crawl_delay or 0.0, self.settings.max_crawl_delay))

    async def robots_sitemaps(self, url: str, rules: FetchRules = _BY_DEFAULT) -> tuple[str, ...]:
        """Addresses of the ``Sitemap:`` lines in the robots.txt of ``url``'s host.

        Raises:
            FetchError: it cannot be had.
        """
        try:
            address = parse_address(url)
            found = (await self._robots_rules(address, rules)).sitemaps
        except Failure as failure:
            raise failure.error(url, failure.reason, failure.retry_after) from failure
        addresses = []
        for sitemap in found:
            try:
                addresses.append(urljoin(f"{address.origin}/", sitemap))
            except ValueError:
                continue
        return tuple(addresses)

    # Redirects

    async def _follow(self, journey: _Journey) -> _Received:
        seen: set[tuple[str, str]] = set()
        while True:
            cookies = journey.cookies.header(journey.at.host)
            if (journey.at.url, cookies) in seen:
                raise Failure(TooManyRedirects, f"redirects in a circle: {_chain(journey)}")
            insists = any(url == journey.at.url for url, _ in seen)
            seen.add((journey.at.url, cookies))
            delay = await self._permitted(journey)
            received = await self._persist(journey, delay)
            journey.spent += received.took
            location = received.headers.get("location", "").strip()
            if received.status not in _REDIRECTS or not location:
                if insists and received.status < 400:
                    # Asked twice, answered once the cookie came back.
                    self._shelf.keep(journey.at.host, cookies)
                return received
            try:
                target = parse_address(location, journey.at)
            except OtherScheme as failure:
                raise Failure(AddressRefused, f"redirects to {location[:120]}: {failure}") from None
            except Failure:
                return received
            journey.cookies.take(journey.at.host, received.cookies)
            journey.trail.append(journey.at.url)
            journey.at = target
            if len(journey.trail) > journey.max_redirects:
                raise Failure(
                    TooManyRedirects,
                    f"more than {journey.max_redirects} redirects: {_chain(journey)}",
                )

    async def _permitted(self, journey: _Journey) -> float:
        """Seconds to keep between requests to this host; raises ``Failure`` where it is forbidden."""
        rules, address = journey.rules, journey.at
        self._guard.check_literal(address.host, address.port, private=rules.allow_private)
        self._limiter.check_pause(address.key)
        self._health.check(address.key)
        delay = self.settings.delay if rules.delay is None else rules.delay
        if not (journey.ask_robots and rules.robots):
            return delay
        robots = await self._robots_rules(address, rules)
        if not robots.allows(address.url):
            raise Failure(RobotsDisallowed, "robots.txt does not let us fetch this address")
        return max(delay, min(robots.crawl_delay or 0.0, self.settings.max_crawl_delay))

    async def _robots_rules(self, address: WebAddress, rules: FetchRules) -> RobotsRules:
        named = rules.user_agent or self.settings.user_agent
        agent = PRODUCT if named is None or PRODUCT in named else named
        cache = self._robots.get(agent)
        if cache is None:
            cache = RobotsCache(
                self.settings.robots_ttl,
                self._clock,
                agent,
                store=self._robots_store,
                now=self._now,
            )
            self._robots[agent] = cache

        async def ask() -> RobotsAnswer:
            journey = _Journey(
                parse_address(f"{address.origin}/robots.txt"),
                replace(rules, headers=()),
                "text/plain,*/*;q=0.5",
                Caps(LARGEST_ROBOTS, LARGEST_ROBOTS, cut=True),
                MOST_ROBOTS_REDIRECTS,
                ask_robots=False,
            )
            received = await self._follow(journey)
            return RobotsAnswer(journey.at.url, received.status, received.body)

        return await cache.rules(address.origin, ask, private=rules.allow_private)

    # Attempts

    async def _persist(self, journey: _Journey, delay: float) -> _Received:
        """The answer at ``journey.at``, after retries of what may pass."""
        attempt = 0
        while True:
            attempt += 1
            last = attempt > self.settings.retries
            wait = back_off(attempt, self.settings.retry_wait, self._chance())
            try:
                received = await self._once(journey, delay)
            except Failure as failure:
                if last or not failure.again or not self._health.may_retry(journey.at.key):
                    raise
            else:
                if received.status not in PASSING:
                    return received
                asked = received.retry_after
                if asked is not None:
                    # The whole host is given the rest that it asked for, not this address alone.
                    self._limiter.pause(journey.at.key, min(asked, LONGEST_PAUSE))
                if last or (asked is not None and asked > self.settings.max_retry_after):
                    return received
                if not self._health.may_retry(journey.at.key):
                    return received
            await self._sleep(wait)
            self._health.check(journey.at.key)

    async def _once(self, journey: _Journey, delay: float) -> _Received:
        """One request and its body, in its turn."""
        rules, address = journey.rules, journey.at
        headers = request_headers(
            address,
            asked=journey.asked,
            agent=self._agent,
            accept=journey.accept,
            rules=rules,
            validators=journey.validators,
            cookies=journey.cookies.header(address.host) or self._shelf.header(address.host),
        )
        configured = rules.concurrency or self.settings.concurrency
        async with self._limiter.turn(
            address.key,
            delay=self._health.gap(address.key, delay),
            concurrency=self._health.concurrency(address.key, configured),
        ):
            self._health.asked(address.key)
            began = self._clock()
            try:
                async with asyncio.timeout(max(0.01, self.settings.total_timeout - journey.spent)):
                    async with self._transport.get(
                        address,
                        headers,
                        private=rules.allow_private,
                        proxy=rules.proxy,
                        traffic=self._traffic,
                    ) as answer:
                        body = await read_body(answer, journey.caps)
            except TimeoutError:
                self._health.failed(address.key)
                raise Failure(
                    TimedOut, f"not downloaded within {self.settings.total_timeout:g} s"
                ) from None
            except Failure as failure:
                if failure.error in (Unreachable, TimedOut):
                    self._health.failed(address.key)
                raise
            self._health.answered(address.key, answer.status, self._clock() - began)
            return _Received(
                answer.status,
                dict(answer.headers),
                answer.cookies,
                body,
                self._clock() - began,
                parse_retry_after(answer.headers.get("retry-after"), self._now()),
            )


async def _nothing() -> AsyncIterator[bytes]:
    none: tuple[bytes, ...] = ()
    for chunk in none:
        yield chunk


async def _from(answer: Answer, start: int) -> AsyncIterator[bytes]:
    """The bytes of an answer, without the first ``start``."""
    async for chunk in answer.chunks():
        if start >= len(chunk):
            start -= len(chunk)
            continue
        yield chunk[start:]
        start = 0


def _chain(journey: _Journey) -> str:
    hops = [url[:120] for url in (*journey.trail, journey.at.url)]
    if len(hops) > 6:
        hops[3:-3] = ["..."]
    return " -> ".join(hops)


def _error(url: str, failure: Failure, journey: _Journey | None) -> FetchError:
    reason = failure.reason
    if journey is not None and journey.trail and failure.error is not TooManyRedirects:
        reason = f"redirected to {journey.at.url[:200]}: {reason}"
    return failure.error(url, reason, failure.retry_after)
