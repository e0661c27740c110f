"""Settings and source files: whether they can be read, and whether they contradict each other."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from datetime import timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.alerts.settings import AppriseWay, Channel, Secret, SmtpWay, WebhookWay
from ingest.doctor.finding import Finding, note, ok, wrong

if TYPE_CHECKING:
    from ingest.settings import Settings
    from sources.catalogue import Catalogue
    from sources.source import Source

__all__ = ["check_channels", "check_contradictions", "check_sources"]

_DAY = timedelta(days=1)
_ABOUT = "settings"


def check_sources(
    settings: Settings, catalogue: Catalogue, sources: Sequence[Source]
) -> Iterator[Finding]:
    """The operator's source files, and what is switched on."""
    for problem in catalogue.problems:
        yield wrong(
            "source files", str(problem), "mend the file; its source is left out until then"
        )
    select = settings.select
    there = set(catalogue.names())
    for name in sorted({*select.names, *select.exclude} - there):
        yield wrong(
            _ABOUT,
            f"select names {name!r}, which no source is called",
            "see `copydesk sources list`",
        )
    for name in sorted(set(select.names) & set(select.exclude)):
        yield wrong(_ABOUT, f"select.names and select.exclude both have {name!r}", "take one out")
    if not sources:
        yield wrong(
            "source files",
            "no source is switched on",
            "`copydesk sources enable NAME` switches one on",
        )
    elif not catalogue.problems:
        own = settings.sources_folder
        yield ok("source files", f"{len(sources)} sources are on; your own files are in {own}")


def check_contradictions(settings: Settings, sources: Sequence[Source]) -> Iterator[Finding]:
    """Settings that cannot hold together, or hardly are meant so."""
    found = [*_of_client(settings), *_of_daemon(settings, sources), *_of_machine(settings)]
    yield from found
    raw = settings.raw
    if raw.keep and raw.age is None and raw.most_bytes is None:
        yield note(
            _ABOUT,
            "raw.age and raw.gigabytes are both without a limit: raw pages grow for ever",
            "set one of them, or raw.keep = false",
        )
    if not any(each.state == "wrong" for each in found):
        where = settings.path or "no file, so the defaults hold"
        yield ok(_ABOUT, f"{where}: nothing contradicts anything")


def _of_client(settings: Settings) -> Iterator[Finding]:
    client = settings.client
    if not client.contact and not client.user_agent:
        yield note(
            _ABOUT,
            "client.contact is not set: a site's owner who is bothered can only shut you out",
            "set it to an address or a page where you can be reached",
        )
    if client.concurrency > client.total_concurrency:
        yield wrong(
            _ABOUT,
            f"client.concurrency ({client.concurrency}, of one host) is more than"
            f" client.total_concurrency ({client.total_concurrency}, of all)",
            "raise the second",
        )
    for name in ("connect_timeout", "read_timeout"):
        if getattr(client, name) > client.total_timeout:
            yield wrong(
                _ABOUT,
                f"client.{name} ({getattr(client, name):g} s) is longer than"
                f" client.total_timeout ({client.total_timeout:g} s), which ends it before",
                f"set client.total_timeout above it, or client.{name} below",
            )


def _of_daemon(settings: Settings, sources: Sequence[Source]) -> Iterator[Finding]:
    daemon = settings.daemon
    if daemon.fastest > daemon.slowest:
        yield wrong(
            _ABOUT,
            f"daemon.fastest ({_said(daemon.fastest)}) is slower than daemon.slowest"
            f" ({_said(daemon.slowest)})",
            "exchange them",
        )
    if daemon.jitter > daemon.fastest:
        yield wrong(
            _ABOUT,
            f"daemon.jitter ({_said(daemon.jitter)}) is more than daemon.fastest"
            f" ({_said(daemon.fastest)}): polls would fall into each other",
            "make it a tenth of daemon.fastest or so",
        )
    budget = daemon.requests_a_day
    # A poll asks for each endpoint once; a slowest pace beyond the budget cannot be kept.
    least = sum(max(1, len(source.endpoints)) for source in sources) * (_DAY / daemon.slowest)
    if budget and least > budget:
        yield wrong(
            _ABOUT,
            f"daemon.requests_a_day ({budget:,}) is less than the {least:,.0f} that"
            f" {len(sources)} sources take at daemon.slowest ({_said(daemon.slowest)})",
            "raise it, raise daemon.slowest, or switch sources off",
        )
    for source in sources:
        every = source.schedule.every
        delay = source.fetch.delay if source.fetch.delay is not None else settings.client.delay
        if every is not None and every.total_seconds() < delay * max(1, len(source.endpoints)):
            yield wrong(
                _ABOUT,
                f"{source.name}: its schedule ({_said(every)}) is quicker than its endpoints can be"
                f" asked at one request in {delay:g} s",
                f"raise schedule.every of {source.name}",
            )


def _of_machine(settings: Settings) -> Iterator[Finding]:
    cores, workers = os.cpu_count() or 1, settings.collect.workers
    if workers == 0:
        yield note(
            _ABOUT,
            "collect.workers = 0: what sites send is read without limits of time and memory",
            "set it to 1 or more; 0 is for trying things",
        )
    elif workers > 2 * cores:
        yield note(
            _ABOUT,
            f"collect.workers ({workers}) is more than twice the {cores} cores here",
            f"set it to {cores}, or leave it out",
        )
    memory = _memory()
    needed = workers * settings.collect.most_memory * 1_000_000
    if memory is not None and needed > memory:
        yield note(
            _ABOUT,
            f"{workers} workers may take {needed / 1e9:.1f} GB (collect.most_memory each), and this"
            f" machine has {memory / 1e9:.1f} GB",
            "lower collect.workers",
        )


def _memory() -> int | None:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return None


def check_channels(settings: Settings, sources: Sequence[Source]) -> Iterator[Finding]:
    """Channels of alerts: for whom, when, and whether their secrets are there and kept."""
    about = "alerts"
    channels = settings.alerts.channels
    if not channels:
        yield note(
            about,
            "no channel is declared: that a source breaks is told in the daemon's log alone",
            "[[alerts.channel]] of the settings declares one, `copydesk alerts test` tries it",
        )
    for channel in channels:
        for given in channel.sources:
            if not any(fnmatchcase(source.name, given) for source in sources):
                yield note(
                    about,
                    f"{channel.name}: {given!r} in sources is none that is on",
                    "mend or remove it",
                )
        unheard = sorted(channel.wake_for - channel.states)
        if unheard:
            yield wrong(
                about,
                f"{channel.name}: wake_for has {', '.join(unheard)}, which states has not",
                "put it into states too",
            )
        if channel.wake_for and channel.quiet is None:
            yield wrong(
                about, f"{channel.name}: wake_for without quiet says nothing", "set quiet hours"
            )
        for secret in _secrets(channel):
            yield from _check_secret(f"{channel.name} of [alerts]", secret)


def _secrets(channel: Channel) -> list[Secret]:
    way = channel.way
    given: list[object] = []
    if isinstance(way, WebhookWay):
        given = [way.url, way.secret]
    elif isinstance(way, SmtpWay):
        given = [way.password]
    elif isinstance(way, AppriseWay):
        given = [way.urls]
    return [each for each in given if isinstance(each, Secret)]


def _check_secret(whose: str, secret: Secret) -> Iterator[Finding]:
    if secret.variable is not None:
        if not os.environ.get(secret.variable):
            yield note(
                "secrets",
                f"{whose}: this shell has no variable {secret.variable}",
                "see that the daemon has it",
            )
        return
    assert secret.file is not None
    if not os.access(secret.file, os.R_OK):
        yield wrong(
            "secrets",
            f"{whose}: {secret.file} cannot be read",
            "create it, or give it to the user that the daemon runs as",
        )
        return
    yield from check_private(secret.file, whose)


def check_private(file: Path, whose: str) -> Iterator[Finding]:
    """Whether a file with a secret in it can be read by everybody."""
    mode = stat.S_IMODE(file.stat().st_mode)
    if mode & 0o007:
        yield wrong(
            "secrets",
            f"{whose}: {file} can be read by everybody on this machine (mode {mode:o})",
            f"chmod 600 {file}",
        )


def _said(duration: timedelta) -> str:
    from sources.times.duration import format_duration

    return format_duration(duration)
