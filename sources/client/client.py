"""The client as others see it: pages, large files, and what robots.txt says.

``permission`` says who may be asked and when, ``request_loop`` asks.
"""

from __future__ import annotations

import asyncio
import contextlib
import copy
import random
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Self
from urllib.parse import urljoin

from sources.client.address_guard import AddressGuard, Resolve, resolve
from sources.client.answer.body import Caps
from sources.client.failure import Failure
from sources.client.journey import Journey, error_of
from sources.client.request_headers import ACCEPT
from sources.client.request_loop import RequestLoop
from sources.client.retry import PASSING
from sources.client.robots import RobotsStore
from sources.client.settings import ClientSettings
from sources.client.shared_hosts import SharedHosts
from sources.client.traffic import Traffic
from sources.client.web_address import parse_address
from sources.client.wire.transport import Answer
from sources.errors import EndpointError, Unreachable, cause_of_status
from sources.page import Page, Validators
from sources.source import FetchRules

__all__ = ["Client"]

_WITH_VALIDATORS = frozenset([200, 203, 304])
_BY_DEFAULT = FetchRules()


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
        shared_hosts: SharedHosts | None = None,
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
            shared_hosts: those that other processes of this run may ask too.
        """
        self.settings = settings or ClientSettings()
        self._now = now
        self._traffic: Traffic | None = None
        self._requests = RequestLoop(
            self.settings,
            AddressGuard(resolve, self.settings.connect_to),
            tls,
            clock=clock,
            sleep=sleep,
            now=now,
            chance=chance,
            robots_store=robots_store,
            shared_hosts=shared_hosts,
        )

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
        await self._requests.aclose()

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

        A page that sends its readers elsewhere by itself (``Refresh``, ``<meta http-equiv=refresh>``)
        redirects, too.

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
        journey: Journey | None = None
        try:
            asked = parse_address(url)
            journey = Journey(
                asked,
                rules,
                ACCEPT.get(accept, "*/*"),
                caps,
                self.settings.max_redirects,
                validators,
                traffic=self._traffic,
            )
            received = await self._requests.follow(journey)
            if received.status == 304 and (not validators or journey.by_page):
                # Whoever takes it for "nothing new" never sees what is there.
                raise Failure(
                    Unreachable, "the server answered 304 to a request without conditions"
                )
        except Failure as failure:
            raise error_of(url, failure, journey) from failure
        asked_again = received.status in _WITH_VALIDATORS and not journey.by_page
        known = received.headers if asked_again else {}
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
            moved=bool(journey.trail) and not journey.for_now,
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
        all, and what is before ``start`` is dropped. As ``fetch`` until the answer begins, retries
        and all; then no cap on the whole, and none on its time but the silence between two bytes.

        Raises:
            FetchError: also from within the block, while the file is read.
            EndpointError: the server has no such file.
        """
        journey: Journey | None = None
        try:
            caps = Caps(self.settings.max_body, self.settings.max_wire)
            journey = Journey(
                parse_address(url),
                rules,
                "*/*",
                caps,
                self.settings.max_redirects,
                start=start,
                traffic=self._traffic,
            )
            received = await self._requests.follow(journey)
            if received.file is not None:
                skip = start if received.status == 200 else 0
                async with received.file.turn:
                    yield _from(received.file.answer, skip)
            elif received.status == 416:
                yield _nothing()
            elif received.status in PASSING or received.status >= 500:
                raise Failure(
                    Unreachable,
                    f"the server answered {received.status}",
                    retry_after=received.retry_after,
                    cause=cause_of_status(received.status),
                )
            else:
                raise EndpointError(
                    url,
                    f"the server answered {received.status}",
                    cause_of_status(received.status),
                )
        except Failure as failure:
            raise error_of(url, failure, journey) from failure

    async def allowed(self, url: str, rules: FetchRules = _BY_DEFAULT) -> bool:
        """Whether robots.txt lets us fetch ``url``.

        Raises:
            FetchError: the robots.txt cannot be had, or the address may not be asked at all.
        """
        try:
            return await self._requests.permission.allows(parse_address(url), rules, self._traffic)
        except Failure as failure:
            raise error_of(url, failure, None) from failure

    async def gap(self, url: str, rules: FetchRules = _BY_DEFAULT) -> float:
        """Seconds kept between two requests to ``url``'s host: the rules', or its Crawl-delay.

        A robots.txt that cannot be had says nothing of it.
        """
        return await self._requests.permission.gap(url, rules, self._traffic)

    async def robots_sitemaps(self, url: str, rules: FetchRules = _BY_DEFAULT) -> tuple[str, ...]:
        """Addresses of the ``Sitemap:`` lines in the robots.txt of ``url``'s host.

        Raises:
            FetchError: it cannot be had.
        """
        try:
            address = parse_address(url)
            found = (await self._requests.permission.robots(address, rules, self._traffic)).sitemaps
        except Failure as failure:
            raise error_of(url, failure, None) from failure
        addresses = []
        for sitemap in found:
            try:
                addresses.append(urljoin(f"{address.origin}/", sitemap))
            except ValueError:
                continue
        return tuple(addresses)


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
