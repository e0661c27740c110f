"""One download on its way through redirects, and the answer at its end."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field

from sources.client.answer.body import Caps
from sources.client.cookies import ChainCookies
from sources.client.failure import Failure
from sources.client.traffic import Traffic
from sources.client.web_address import WebAddress
from sources.client.wire.transport import Answer
from sources.errors import FetchError, TooManyRedirects
from sources.page import Validators
from sources.source import FetchRules

__all__ = ["Journey", "OpenFile", "Received", "error_of"]


@dataclass(slots=True)
class Journey:
    """What is asked for, and how far it has come."""

    asked: WebAddress
    rules: FetchRules
    accept: str
    caps: Caps
    max_redirects: int
    validators: Validators | None = None
    #: False for robots.txt itself.
    ask_robots: bool = True
    #: Of a large file that is wanted as it comes: its byte to begin with. ``None``: a whole page.
    start: int | None = None
    #: Told of each request and of the bytes that came.
    traffic: Traffic | None = None
    at: WebAddress = field(init=False)
    trail: list[str] = field(default_factory=list)
    #: Whether one of its redirects holds for now only, or was a page's own.
    for_now: bool = False
    #: Whether a page by itself led on, so that no validator stands for what is at the end.
    by_page: bool = False
    cookies: ChainCookies = field(default_factory=ChainCookies)
    #: Seconds of the answers that led here, which count against the time for the whole.
    spent: float = 0.0

    def __post_init__(self) -> None:
        self.at = self.asked

    def chain(self) -> str:
        """The addresses that it went through, for messages."""
        hops = [url[:120] for url in (*self.trail, self.at.url)]
        if len(hops) > 6:
            hops[3:-3] = ["..."]
        return " -> ".join(hops)


@dataclass(frozen=True, slots=True)
class OpenFile:
    """An answer whose body is still on the wire; whoever has it leaves ``turn`` when it is read."""

    answer: Answer
    #: Closes the answer, and ends its turn at the host.
    turn: contextlib.AsyncExitStack


@dataclass(frozen=True, slots=True)
class Received:
    """The answer to one request."""

    status: int
    #: Names in lower case.
    headers: dict[str, str]
    #: ``Set-Cookie`` values.
    cookies: tuple[str, ...]
    #: Content coding undone; empty where it is still on the wire in ``file``.
    body: bytes
    #: Seconds from the request to the last byte.
    took: float
    #: Seconds that the server asked to wait.
    retry_after: float | None
    #: The file that was asked for as it comes, where the server sends it.
    file: OpenFile | None = None


def error_of(url: str, failure: Failure, journey: Journey | None) -> FetchError:
    """What callers of the client are told where ``url`` was asked for and no page came."""
    reason = failure.reason
    if journey is not None and journey.trail and failure.error is not TooManyRedirects:
        reason = f"redirected to {journey.at.url[:200]}: {reason}"
    return failure.error(url, reason, failure.retry_after, failure.cause)
