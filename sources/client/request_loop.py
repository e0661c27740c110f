"""The loop of a download: redirects, retries, and each request in its turn."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Awaitable, Callable
from datetime import datetime

from sources.client.address_guard import AddressGuard
from sources.client.answer.body import read_body
from sources.client.answer.refresh import refresh_of
from sources.client.cookies import CookieShelf
from sources.client.failure import Failure
from sources.client.host_health import HostHealth
from sources.client.journey import Journey, OpenFile, Received
from sources.client.limiter import HostLimiter
from sources.client.permission import Permission
from sources.client.request_headers import request_headers, user_agent
from sources.client.retry import LONGEST_PAUSE, PASSING, back_off, parse_retry_after
from sources.client.robots import RobotsStore
from sources.client.settings import ClientSettings
from sources.client.shared_hosts import SharedHosts
from sources.client.web_address import OtherScheme, WebAddress, parse_address
from sources.client.wire.transport import Transport
from sources.errors import AddressRefused, TimedOut, TooManyRedirects, Unreachable

__all__ = ["RequestLoop"]

_REDIRECTS = frozenset([301, 302, 303, 307, 308])
_FOR_GOOD = frozenset([301, 308])
#: Answers that are the file itself, whole or from a place on.
_FILE = frozenset([200, 206])


class RequestLoop:
    """Makes requests until a journey is at its end."""

    def __init__(
        self,
        settings: ClientSettings,
        guard: AddressGuard,
        tls: ssl.SSLContext | None,
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[object]],
        now: Callable[[], datetime],
        chance: Callable[[], float],
        robots_store: RobotsStore | None,
        shared_hosts: SharedHosts | None = None,
    ) -> None:
        """As ``Client`` is told."""
        self._settings = settings
        self._transport = Transport(settings, guard, tls)
        self._limiter = HostLimiter(
            settings.total_concurrency,
            settings.max_retry_after,
            clock,
            sleep,
            shared=shared_hosts,
        )
        self._health = HostHealth(clock, settings.first_rest)
        self.permission = Permission(
            settings,
            guard,
            self._limiter,
            self._health,
            ask=self.follow,
            clock=clock,
            now=now,
            store=robots_store,
        )
        self._clock = clock
        self._sleep = sleep
        self._now = now
        self._chance = chance
        self._agent = user_agent(settings.user_agent, settings.contact)
        self._shelf = CookieShelf(clock)

    async def aclose(self) -> None:
        """Close every connection; nothing may be under way."""
        await self.permission.aclose()
        await self._transport.aclose()

    async def follow(self, journey: Journey) -> Received:
        """The answer at the end of the redirects, whatever its status.

        Raises:
            Failure: none came, or it must not be asked for.
        """
        seen: set[tuple[str, str]] = set()
        # The page that led on by itself, which is the answer where that leads nowhere.
        left: tuple[WebAddress, int, Received] | None = None
        while True:
            cookies = journey.cookies.header(journey.at.host)
            circle = (journey.at.url, cookies) in seen
            if left is not None and (circle or len(journey.trail) > journey.max_redirects):
                journey.at, steps, received = left
                del journey.trail[steps:]
                return received
            if circle:
                raise Failure(TooManyRedirects, f"redirects in a circle: {journey.chain()}")
            insists = any(url == journey.at.url for url, _ in seen)
            seen.add((journey.at.url, cookies))
            delay = await self.permission.delay(journey)
            received = await self._persist(journey, delay)
            journey.spent += received.took
            location = received.headers.get("location", "").strip()
            if received.status not in _REDIRECTS or not location:
                target = _refreshed(journey, received)
                if target is None:
                    if insists and received.status < 400:
                        # Asked twice, answered once the cookie came back.
                        self._shelf.keep(journey.at.host, cookies)
                    return received
                # The page that only leads on answers "not modified" whatever the other has become.
                journey.validators, journey.by_page = None, True
                left = (journey.at, len(journey.trail), received)
            else:
                try:
                    target = parse_address(location, journey.at)
                except OtherScheme as failure:
                    raise Failure(
                        AddressRefused, f"redirects to {location[:120]}: {failure}"
                    ) from None
                except Failure:
                    return received
            journey.for_now |= received.status not in _FOR_GOOD
            journey.cookies.take(journey.at.host, received.cookies)
            journey.trail.append(journey.at.url)
            journey.at = target
            if len(journey.trail) > journey.max_redirects and left is None:
                raise Failure(
                    TooManyRedirects,
                    f"more than {journey.max_redirects} redirects: {journey.chain()}",
                )

    async def _persist(self, journey: Journey, delay: float) -> Received:
        """The answer at ``journey.at``, after retries of what may pass."""
        attempt = 0
        while True:
            attempt += 1
            last = attempt > self._settings.retries
            wait = back_off(attempt, self._settings.retry_wait, self._chance())
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
                if last or (asked is not None and asked > self._settings.max_retry_after):
                    return received
                if not self._health.may_retry(journey.at.key):
                    return received
            await self._sleep(wait)
            self._health.check(journey.at.key)

    async def _once(self, journey: Journey, delay: float) -> Received:
        """One request in its turn, with its body; a file that is wanted as it comes stays open."""
        rules, address = journey.rules, journey.at
        configured = rules.concurrency or self._settings.concurrency
        async with contextlib.AsyncExitStack() as turn:
            await turn.enter_async_context(
                self._limiter.turn(
                    address.key,
                    delay=self._health.gap(address.key, delay),
                    concurrency=self._health.concurrency(address.key, configured),
                )
            )
            self._health.asked(address.key)
            began = self._clock()
            most = max(0.01, self._settings.total_timeout - journey.spent)
            opened: contextlib.AsyncExitStack | None = None
            body = b""
            try:
                # The answer is left within the time, and before what goes wrong in it is told.
                async with asyncio.timeout(most), contextlib.AsyncExitStack() as answering:
                    answer = await answering.enter_async_context(
                        self._transport.get(
                            address,
                            self._headers(journey),
                            private=rules.allow_private,
                            proxy=rules.proxy,
                            traffic=journey.traffic,
                        )
                    )
                    if journey.start is not None and answer.status in _FILE:
                        opened = answering.pop_all()
                    else:
                        body = await read_body(answer, journey.caps)
            except TimeoutError:
                late = f"not downloaded within {self._settings.total_timeout:g} s"
                self._health.failed(address.key, late, TimedOut.cause)
                raise Failure(TimedOut, late) from None
            except Failure as failure:
                if failure.error in (Unreachable, TimedOut):
                    self._health.failed(address.key, failure.reason, failure.cause)
                raise
            took = self._clock() - began
            self._health.answered(address.key, answer.status, took)
            file: OpenFile | None = None
            if opened is not None:
                # The answer is left first, then its turn at the host.
                left = contextlib.AsyncExitStack()
                left.push_async_exit(turn.pop_all())
                left.push_async_exit(opened)
                file = OpenFile(answer, left)
            return Received(
                answer.status,
                dict(answer.headers),
                answer.cookies,
                body,
                took,
                parse_retry_after(answer.headers.get("retry-after"), self._now()),
                file,
            )

    def _headers(self, journey: Journey) -> list[tuple[str, str]]:
        address = journey.at
        headers = request_headers(
            address,
            asked=journey.asked,
            agent=self._agent,
            accept=journey.accept,
            rules=journey.rules,
            validators=journey.validators,
            cookies=journey.cookies.header(address.host) or self._shelf.header(address.host),
        )
        if journey.start is None:
            return headers
        # Bytes are counted as they lie in the file.
        headers = [pair for pair in headers if pair[0] != "accept-encoding"]
        headers.append(("accept-encoding", "identity"))
        if journey.start:
            headers.append(("range", f"bytes={journey.start}-"))
        return headers


def _refreshed(journey: Journey, received: Received) -> WebAddress | None:
    """Where a page sends its readers by itself, where that is another page; ``None`` where it stays.

    Never an error: a page that leads in a circle, too far or nowhere is taken as it is.
    """
    if not 200 <= received.status < 300 or received.file is not None or not journey.ask_robots:
        return None
    found = refresh_of(received.headers, received.body)
    if found is None or len(journey.trail) >= journey.max_redirects:
        return None
    try:
        target = parse_address(found.address, journey.at)
    except Failure:
        return None
    here = journey.at
    same_site = target.host == here.host and (
        target.port == here.port or (here.scheme, target.scheme) == ("https", "http")
    )
    same_page = same_site and (
        target.target == here.target
        # What comes back to its own page after some seconds shows what is new there.
        or (found.wait > 1 and target.target.partition("?")[0] == here.target.partition("?")[0])
    )
    return None if same_page or target.url in journey.trail else target
