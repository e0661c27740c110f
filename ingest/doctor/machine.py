"""The machine: versions, files that may be open, folders, zones of time, proxies."""

from __future__ import annotations

import importlib.metadata
import os
import re
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ingest.doctor.finding import Finding, note, ok, wrong
from ingest.extract.user_cache import cached_file

if TYPE_CHECKING:
    from ingest.settings import Settings

__all__ = ["check_machine"]

#: Variables that httpx goes by for webhooks; sources have ``fetch.proxy``.
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
#: Files and connections open beside those of the network.
_OTHER_FILES = 256


def check_machine(settings: Settings | None) -> Iterator[Finding]:
    """What can be said without a database or a network; ``settings`` where they can be read."""
    yield from _versions()
    yield from _zones()
    yield from _cache()
    yield from _open_files(settings)
    proxies = sorted(name for name in _PROXIES if os.environ.get(name))
    if proxies:
        yield note(
            "proxy",
            f"{', '.join(proxies)} of the environment hold for webhooks of alerts, not for sources",
            "name a source's proxy in [fetch] proxy of its file",
        )


def _versions() -> Iterator[Finding]:
    about = "versions"
    python = sys.version.split()[0]
    faults = [*_unmet()]
    yield from (wrong(about, said, "install anew with -c constraints.txt") for said in faults)
    if not faults:
        version = importlib.metadata.version("copydesk")
        yield ok(
            about,
            f"copydesk {version}, Python {python}, SQLite {sqlite3.sqlite_version};"
            " every library is one that it was made for",
        )


def _unmet() -> Iterator[str]:
    """What this installation needs and has not, or not in a fitting version."""
    for requirement in importlib.metadata.requires("copydesk") or ():
        needs, _, condition = requirement.partition(";")
        if "extra ==" in condition:
            continue
        named = re.match(r"[A-Za-z0-9._-]+", needs)
        assert named is not None
        try:
            there = importlib.metadata.version(named[0])
        except importlib.metadata.PackageNotFoundError:
            if "platform_machine" not in condition:
                yield f"{named[0]} is not installed"
            continue
        for sign, bound in re.findall(r"(>=|<|==)\s*([0-9][0-9.]*)", needs):
            if not _fits(there, sign, bound):
                yield f"{named[0]} is {there}, and has to be {sign}{bound}"


def _fits(there: str, sign: str, bound: str) -> bool:
    have = [int(part) for part in re.findall(r"\d+", there.partition("+")[0])][:4]
    want = [int(part) for part in bound.split(".")]
    have += [0] * (len(want) - len(have))
    want += [0] * (len(have) - len(want))
    if sign == ">=":
        return have >= want
    return have < want if sign == "<" else have == want


def _zones() -> Iterator[Finding]:
    try:
        ZoneInfo("Europe/Vienna")
    except (ZoneInfoNotFoundError, OSError):
        yield wrong(
            "time zones",
            "this machine has no data of time zones",
            "install tzdata, of the system or with pip",
        )
    else:
        yield ok("time zones", "the data of time zones is there")


def _cache() -> Iterator[Finding]:
    place = cached_file("x")
    said = "what is made once for all processes (68 MB)"
    if place is None:
        yield note("cache", f"the user has no folder for {said}", "set XDG_CACHE_HOME")
        return
    folder = place.parent
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        yield note(
            "cache",
            f"{folder} cannot be written to ({error.strerror}): processes are slower to start and"
            " take 75 MB more each",
            f"give it to this user, or set XDG_CACHE_HOME, to keep {said}",
        )
    else:
        yield ok("cache", f"{folder} can be written to")


def _open_files(settings: Settings | None) -> Iterator[Finding]:
    try:
        import resource
    except ImportError:  # Windows
        return
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    client = settings.client if settings is not None else None
    needed = _OTHER_FILES + 2 * (client.total_concurrency if client is not None else 64)
    if allowed != resource.RLIM_INFINITY and allowed < needed:
        yield wrong(
            "open files",
            f"a process may have {allowed} files open, and the daemon needs {needed}",
            "`ulimit -n 4096`, or LimitNOFILE=4096 in its unit",
        )
    else:
        yield ok("open files", f"a process may have {allowed} files open")


def can_be_written(folder: Path) -> str | None:
    """Why no file can be made in ``folder``; ``None`` where one can."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return None
    except OSError as error:
        return error.strerror or str(error)
