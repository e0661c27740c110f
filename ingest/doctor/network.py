"""The hosts of what is on: name, certificate, robots.txt, and what time it is there. One request each."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ingest.doctor.finding import Finding, note, ok, wrong

if TYPE_CHECKING:
    from sources.client.settings import ClientSettings
    from sources.client.wire.probing import Probe
    from sources.source import Source

__all__ = ["check_network"]

#: Hosts looked at at once, seconds that each step of one may take, and that all may.
_AT_ONCE, _EACH, _ALL = 8, 10.0, 120.0
_SOON, _IN_SIGHT = timedelta(days=3), timedelta(days=14)
#: Servers say their time to the second, some of them a wrong one.
_SAME_TIME = timedelta(seconds=30)
_FEWEST_CLOCKS = 3
_WEB = frozenset(["feed", "sitemap", "listing", "wordpress", "ghost"])


async def check_network(
    sources: Sequence[Source],
    settings: ClientSettings,
    now: Callable[[], datetime],
    *,
    tls: ssl.SSLContext | None = None,
) -> list[Finding]:
    """Look at each host of ``sources`` once; those behind a proxy of their own are left out."""
    from sources.client.wire.probing import probe

    hosts = _hosts(sources)
    turn = asyncio.Semaphore(_AT_ONCE)
    apart: list[timedelta] = []
    seen: list[Probe] = []

    async def look(url: str, private: bool) -> None:
        async with turn:
            found = await probe(url, settings, private=private, within=_EACH, tls=tls)
        seen.append(found)
        if found.date is not None:
            apart.append(now() - found.date)

    tasks = [asyncio.create_task(look(url, private)) for url, private in hosts.values()]
    late: set[asyncio.Task[None]] = set()
    if tasks:
        done, late = await asyncio.wait(tasks, timeout=_ALL)
        for task in late:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for task in done:
            task.result()
    seen.sort(key=lambda each: each.host)
    found = [*_reached(seen), *_certificates(seen, now()), *_clock(apart)]
    if late:
        found.append(
            note(
                "network",
                f"{len(late)} of {len(hosts)} hosts were not looked at in {_ALL:g} s",
                "look at single sources with `copydesk sources check NAME`",
            )
        )
    return found


def _hosts(sources: Sequence[Source]) -> dict[str, tuple[str, bool]]:
    """An address of each host, and whether it may be in a private network."""
    hosts: dict[str, tuple[str, bool]] = {}
    for source in sources:
        if source.fetch.proxy is not None:
            continue
        own = [each.url for each in source.endpoints if each.kind in _WEB]
        for url in own or [source.home]:
            parts = urlsplit(url if "://" in url else source.home)
            if parts.scheme in ("http", "https"):
                hosts.setdefault(
                    f"{parts.scheme}://{parts.netloc}",
                    (f"{parts.scheme}://{parts.netloc}/", source.fetch.allow_private),
                )
    return hosts


def _reached(seen: Sequence[Probe]) -> Iterator[Finding]:
    unnamed = [each for each in seen if each.step == "name" and each.why]
    if unnamed and len(unnamed) == len(seen) > 1:
        yield wrong(
            "names",
            f"none of {len(seen)} names resolves: {unnamed[0].why}",
            "see that this machine has a network and a resolver (/etc/resolv.conf)",
        )
        return
    for each in unnamed:
        yield wrong("names", f"{each.host}: {each.why}", "see whether the site has moved")
    cut = [each for each in seen if each.why and each.step in ("connection", "answer")]
    if len(cut) > 1 and len(cut) == len(seen):
        yield wrong(
            "network",
            f"none of {len(seen)} hosts answers: {cut[0].host}: {cut[0].why}",
            "see whether a firewall or a proxy stands before this machine",
        )
        return
    for each in cut:
        yield note("network", f"{each.host}: {each.why}", "look again later")
    ill = [each for each in seen if each.status is not None and each.status >= 500]
    for each in ill:
        yield wrong(
            "robots",
            f"{each.host} answers {each.status} for its robots.txt: while it does nothing is fetched",
            "look again later; tell the site's owner where it stays so",
        )
    if seen and not unnamed and not cut and not ill:
        yield ok("network", f"{len(seen)} hosts resolve and answer for robots.txt")


def _certificates(seen: Sequence[Probe], now: datetime) -> Iterator[Finding]:
    for each in seen:
        if each.step == "certificate" and each.why:
            yield wrong(
                "certificates",
                f"{each.host}: {each.why}",
                "nothing of it is fetched; see whether the clock here is right, or tell its owner",
            )
    lasting = [each for each in seen if each.certificate_until is not None]
    short = []
    for each in lasting:
        assert each.certificate_until is not None
        left = each.certificate_until - now
        if left < _IN_SIGHT:
            short.append(each)
            # Renewed by themselves a month before as a rule; some last a week in all.
            yield note(
                "certificates",
                f"{each.host}: its certificate ends in {max(left.days, 0)} days,"
                f" {each.certificate_until:%Y-%m-%d}",
                "nothing to do yet; its owner renews it, or it breaks then"
                if left > _SOON
                else "tell its owner",
            )
    if lasting and not short:
        first = min(lasting, key=lambda each: each.certificate_until or now)
        assert first.certificate_until is not None
        days = (first.certificate_until - now).days
        yield ok(
            "certificates",
            f"{len(lasting)} are right; the first to end is that of {first.host}, in {days} days",
        )


def _clock(apart: Sequence[timedelta]) -> Iterator[Finding]:
    if len(apart) < _FEWEST_CLOCKS:
        return
    off = timedelta(seconds=median(each.total_seconds() for each in apart))
    if abs(off) > _SAME_TIME:
        way = "ahead of" if off > timedelta() else "behind"
        yield wrong(
            "clock",
            f"the clock here is {abs(off).total_seconds():,.0f} s {way} those of {len(apart)} sites",
            "switch on time synchronisation (NTP), such as systemd-timesyncd",
        )
    else:
        yield ok("clock", f"the clock here agrees with those of {len(apart)} sites")
