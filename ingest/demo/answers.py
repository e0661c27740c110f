"""What a site of the demo is asked and what it says, as values, and as bytes of HTTP/1.1.

Conditional requests are answered as RFC 9110, section 13 says.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus

__all__ = ["Answer", "Handler", "PreparedAnswer", "Request", "phrase", "plain_answer"]

#: Bodies below this are not worth compressing.
LEAST_GZIP = 256
_HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Answer:
    """What the server says to a request; ETag, gzip and Content-Length are the server's business."""

    body: bytes = b""
    status: int = 200
    #: ``None`` leaves the header out, as some servers do.
    content_type: str | None = _HTML
    #: Further headers, as (name, value).
    headers: tuple[tuple[str, str], ...] = ()
    #: Aware; goes out as Last-Modified.
    last_modified: datetime | None = None
    #: Seconds before the answer is sent.
    delay: float = 0.0


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asked."""

    method: str
    host: str
    #: With the query, as it was sent.
    path: str
    #: Names in lower case.
    headers: Mapping[str, str]


#: Makes the answer to one request; runs on the server's thread, so it must not wait for anything.
Handler = Callable[[Request], Answer]


@dataclass(slots=True)
class PreparedAnswer:
    """An answer with everything that does not change from request to request."""

    answer: Answer
    etag: str = field(init=False)
    _fields: str = field(init=False)
    _gzipped: bytes | None = None

    def __post_init__(self) -> None:
        answer = self.answer
        self.etag = hashlib.blake2b(answer.body, digest_size=8).hexdigest()
        lines = [f"{name}: {value}\r\n" for name, value in answer.headers]
        if self.validating:
            lines.append("Vary: Accept-Encoding\r\n")
            if answer.last_modified is not None:
                stamp = format_datetime(answer.last_modified.astimezone(UTC), usegmt=True)
                lines.append(f"Last-Modified: {stamp}\r\n")
        self._fields = "".join(lines)

    @property
    def validating(self) -> bool:
        """Whether it can be asked for conditionally."""
        return self.answer.status == HTTPStatus.OK

    def not_modified(self, headers: Mapping[str, str]) -> bool:
        """Whether a client that sends ``headers`` has it already."""
        if not self.validating:
            return False
        wanted = headers.get("if-none-match")
        if wanted is not None:  # takes precedence (RFC 9110, section 13.2.2)
            tags = {tag.strip().removeprefix("W/") for tag in wanted.split(",")}
            return "*" in tags or not tags.isdisjoint((f'"{self.etag}"', f'"{self.etag}-gzip"'))
        since = headers.get("if-modified-since")
        if since is None or self.answer.last_modified is None:
            return False
        try:
            known = parsedate_to_datetime(since)
        except ValueError:
            return False
        if known.tzinfo is None:
            known = known.replace(tzinfo=UTC)
        return self.answer.last_modified.replace(microsecond=0) <= known

    def wire(self, request: Request) -> tuple[int, bytes, bytes]:
        """Status, head without the Date and Connection fields, and body for ``request``."""
        if self.not_modified(request.headers):
            squeezed = "gzip" in request.headers.get("accept-encoding", "")
            tag = self.etag + ("-gzip" if squeezed and self._worth_gzip else "")
            return (
                304,
                f'HTTP/1.1 304 Not Modified\r\n{self._fields}ETag: "{tag}"\r\n'.encode(),
                b"",
            )
        answer = self.answer
        body, tag, coding = answer.body, self.etag, ""
        if self._worth_gzip and "gzip" in request.headers.get("accept-encoding", ""):
            if self._gzipped is None:
                self._gzipped = gzip.compress(body, 6, mtime=0)
            body, tag, coding = self._gzipped, f"{tag}-gzip", "Content-Encoding: gzip\r\n"
        kind = f"Content-Type: {answer.content_type}\r\n" if answer.content_type else ""
        validator = f'ETag: "{tag}"\r\n' if self.validating else ""
        head = (
            f"HTTP/1.1 {answer.status} {phrase(answer.status)}\r\n{self._fields}{kind}{validator}"
            f"{coding}Content-Length: {len(body)}\r\n"
        )
        return answer.status, head.encode("latin-1"), b"" if request.method == "HEAD" else body

    @property
    def _worth_gzip(self) -> bool:
        return self.validating and len(self.answer.body) >= LEAST_GZIP


def phrase(status: int) -> str:
    """The reason that goes with a status."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unassigned"


def plain_answer(status: int, text: str) -> Answer:
    """One line of text."""
    return Answer(f"{text}\n".encode(), status, "text/plain; charset=utf-8")
