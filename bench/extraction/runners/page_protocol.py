"""What every runner does around its extractor; the standard library only.

A runner reads tasks from standard input, one JSON object a line, and answers each before it reads
the next: ``{"id", "path", "url", "site", "seconds"}`` in, one line of predictions out (``id``,
``title``, ``authors``, ``date``, ``body``, ``cpu_ms``; ``error`` where the extractor failed). A page
that takes longer than ``seconds`` ends the process by its alarm, also inside a C library; whoever
feeds the runner starts another one for the pages after it.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

_RULES = re.compile(r"([^\w\s])\1{3,}")
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset=[\"']?([\w-]+)", re.IGNORECASE)


@dataclass(frozen=True)
class Page:
    """What an extractor is given."""

    raw: bytes
    url: str | None
    site: str | None

    @property
    def text(self) -> str:
        """The page decoded: UTF-8, which the corpora are saved in, else as the page declares."""
        try:
            return self.raw.decode("utf-8")
        except UnicodeDecodeError:
            declared = _CHARSET.search(self.raw[:4096])
            name = declared[1].decode("ascii", "replace") if declared else "windows-1252"
        try:
            return self.raw.decode(name, "replace")
        except LookupError:
            return self.raw.decode("windows-1252", "replace")


def serve(read: Callable[[Page], dict[str, Any]]) -> None:
    """Answer tasks until standard input closes; ``read`` alone is timed."""
    # Whatever a library prints goes to standard error, so that it cannot pass for an answer.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    _stay_offline()
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    for line in sys.stdin:
        task = json.loads(line)
        with open(task["path"], "rb") as stream:
            raw = stream.read()
        page = Page(gzip.decompress(raw), task.get("url"), task.get("site"))
        signal.setitimer(signal.ITIMER_REAL, task["seconds"])
        answer = {"id": task["id"], **_timed(read, page)}
        signal.setitimer(signal.ITIMER_REAL, 0)
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _timed(read: Callable[[Page], dict[str, Any]], page: Page) -> dict[str, Any]:
    started = time.process_time()
    try:
        found = read(page)
    except Exception as error:  # whatever a peer throws at a page is a figure of that peer
        told = " ".join(_RULES.sub("", f"{type(error).__name__}: {error}").split())
        found = {"body": "", "error": told[:120]}
    cpu_ms = round((time.process_time() - started) * 1000, 2)
    return {**found, "cpu_ms": cpu_ms}


def _stay_offline() -> None:
    """Extraction is measured: nothing may go to the network meanwhile."""

    def refuse(*_: Any, **__: Any) -> NoReturn:
        raise OSError("no network while measuring")

    socket.socket.connect = refuse  # type: ignore[assignment,method-assign]
    socket.getaddrinfo = refuse
