"""The records of a WARC file: which are wanted, and the page that each of those holds."""

from __future__ import annotations

import contextlib
import re
import zlib
from collections.abc import Callable, Generator, Iterator
from datetime import UTC, datetime
from typing import Any, Final

from sources.client.answer.decoding import BodyTooLarge, BrokenBody
from sources.endpoints.archives.archived_page import (
    LARGEST,
    ArchivedPage,
    PassedOver,
    page_of_answer,
)
from sources.endpoints.archives.warc_bytes import MemberStream, PlainStream, Stopped, Wire
from sources.errors import EndpointError
from sources.page import Page

__all__ = ["WarcRecords"]

#: Broken places in a file, and what looks like the beginning of a member behind one.
MOST_BROKEN: Final = 1000
MOST_TRIED: Final = 100_000
#: In the header of a record that is not whole.
_PARTIAL = ("WARC-Truncated", "WARC-Segment-Number")
_GZIP = b"\x1f\x8b\x08"
_HEAD = re.compile(rb"WARC/1\.[0-9]\r?\n")


class WarcRecords:
    """Reads one file on a thread."""

    def __init__(
        self,
        wire: Wire,
        location: str,
        wanted: Callable[[str], bool],
        counts: PassedOver,
        start: int,
    ) -> None:
        self._wire = wire
        self._location = location
        self._wanted = wanted
        self._counts = counts
        self._start = start
        self._seen = 0
        self._broken = 0
        #: Whether fastwarc gave up before the end.
        self._lost = False
        #: Before this place ends no record whose header could be read.
        self._end = 0
        #: A page that is whole, once it is known where it ends; and where that is.
        self._page: Page | None = None
        self._behind: int | None = None

    def pages(self) -> Generator[ArchivedPage]:
        """The pages; raises as ``read_warc_file`` does."""
        wire = self._wire
        try:
            head = wire.peek(4)
            if head == b"\x28\xb5\x2f\xfd" or head[1:] == b"\x2a\x4d\x18":
                # zstd, whose first frame may be a dictionary: for fastwarc
                yield from self._through(PlainStream(wire), packed=True)
            elif head[:3] == _GZIP or (head != b"WARC" and self._location.endswith(".gz")):
                yield from self._members()
            else:
                yield from self._records()
        except Stopped:
            return
        if not self._seen and not self._start:
            raise EndpointError(
                self._location, "expected a WARC file, got something without a record"
            )

    def _members(self) -> Iterator[ArchivedPage]:
        wire = self._wire
        while wire.peek(1):
            if wire.peek(3) != _GZIP:
                self._count_broken()
                if not self._found_member():
                    break
            place = wire.offset
            wire.mark()
            member = MemberStream(wire)
            for page in self._through(member):
                # More than one record in a member: it can be taken up at its beginning alone.
                yield ArchivedPage(page.url, page.page, place)
            member.drain()
            self._check()
            whole, self._page = self._page, None
            if member.fault is None:
                if whole is not None:
                    yield ArchivedPage(whole.url, whole, wire.offset)
                continue
            if member.fault == "bomb":
                self._counts.too_large += 1
            else:
                self._count_broken()
            wire.rewind()
            cut = member.fault == "cut"
            if not self._found_member(beyond=place + 1):
                if cut:
                    raise EndpointError(self._location, f"breaks off at byte {wire.offset}")
                break
        self._check()

    def _found_member(self, beyond: int = 0) -> bool:
        """Go on to the next member that is the beginning of a record; whether there is one."""
        wire = self._wire
        for _ in range(MOST_TRIED):
            if wire.offset < beyond:
                wire.skip(beyond - wire.offset)
            wire.skip_to(_GZIP)
            head = wire.peek(2048)
            if not head:
                return False
            with contextlib.suppress(zlib.error):
                if zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(head, 16)[:5] == b"WARC/":
                    return True
            beyond = wire.offset + 1
        raise EndpointError(self._location, f"broken at byte {wire.offset}, and no end of it")

    def _records(self) -> Iterator[ArchivedPage]:
        """Records that are not packed."""
        wire = self._wire
        while True:
            plain = PlainStream(wire)
            wire.mark()
            begin = wire.offset
            self._lost = False
            yield from self._through(plain)
            self._check()
            if not self._lost:
                break
            # The header that cannot be read stands behind the record that could: never look for
            # one within that, where a page may have written its own.
            wire.rewind()
            wire.skip(max(begin + 1, self._end) - wire.offset)
            while wire.peek(1) and not _HEAD.match(wire.peek(12)):
                wire.skip_to(b"\nWARC/1.")
                wire.skip(1)
            if not wire.peek(1):
                break
        cut = bool(plain.tail) and not plain.tail.endswith((b"\n\n", b"\r\n\r\n"))
        cut = cut or self._end > wire.offset
        whole, self._page = self._page, None
        if whole is not None:
            # Of a file that grows yet, what is behind the page has to be met again.
            behind = wire.offset if not cut else self._behind or self._end
            yield ArchivedPage(whole.url, whole, behind)
        if cut and self._seen:
            raise EndpointError(self._location, f"breaks off at byte {wire.offset}")

    def _through(self, stream: Any, *, packed: bool = False) -> Iterator[ArchivedPage]:
        """The pages of ``stream`` but the last, which stays in ``_page``."""
        from fastwarc.warc import ArchiveIterator

        wire = self._wire
        try:
            records = ArchiveIterator(
                stream, func_filter=self._takes, parse_http=False, stream_detect=packed
            )
            for record in records:
                if self._page is not None:
                    page, self._page = self._page, None
                    behind = self._behind if self._behind is not None else wire.offset
                    if behind > self._start or not packed:
                        yield ArchivedPage(page.url, page, behind)
                self._page = self._page_of(record)
                self._behind = None
        except BaseException as error:
            # A panic of Rust's, which fastwarc may have for broken input, is no Exception.
            if not isinstance(error, OSError) and type(error).__name__ != "PanicException":
                raise
            self._count_broken()
            self._lost = True
            if isinstance(stream, MemberStream):
                # What stands behind its only record is its own: its length is a lie.
                self._page = None
        if packed:
            self._check()
            last, self._page = self._page, None
            if last is not None and wire.offset > self._start:
                yield ArchivedPage(last.url, last, wire.offset)
            if self._lost and self._seen:
                raise EndpointError(self._location, f"breaks off before byte {wire.offset}")

    def _takes(self, record: Any) -> bool:
        """By the header alone; whoever is not taken is passed over unread."""
        from fastwarc.warc import WarcRecordType

        self._check()
        self._seen += 1
        self._end = record.stream_pos + record.content_length
        if self._page is not None and self._behind is None:
            self._behind = record.stream_pos
        counts, kind = self._counts, record.record_type
        target = _target(record)
        if kind == WarcRecordType.revisit:
            counts.revisits += 1
        elif kind != WarcRecordType.response or target is None or not record.is_http:
            counts.no_page += 1
        elif not self._wanted(target):
            counts.others += 1
        elif any(record.headers.get(name) for name in _PARTIAL):
            counts.cut += 1
        elif record.content_length > LARGEST:
            counts.too_large += 1
        else:
            return True
        return False

    def _page_of(self, record: Any) -> Page | None:
        """The answer that a record holds; ``None`` where it is no page."""
        counts = self._counts
        try:
            record.parse_http()
            answer = record.http_headers
            status = answer.status_code if answer is not None else None
            if status is None:
                self._count_broken()
                return None
            headers = answer.to_tuples()
            if status != 200 or not _is_text(headers):
                counts.no_page += 1
                return None
            # One more than the cap: what is larger shows itself.
            raw = record.reader.read(LARGEST + 1)
            if len(raw) < record.content_length:
                raise BrokenBody("it is shorter than its header says")
            page = page_of_answer(_target(record) or "", status, headers, raw, _date(record))
            if page.body:
                return page
            counts.no_page += 1
        except BodyTooLarge:
            counts.too_large += 1
        except (BrokenBody, OSError, ValueError):
            self._count_broken()
        return None

    def _count_broken(self) -> None:
        self._counts.broken += 1
        self._broken += 1
        if self._broken > MOST_BROKEN:
            raise EndpointError(self._location, f"broken in more than {MOST_BROKEN} places")

    def _check(self) -> None:
        """Raise what the wire met."""
        if self._wire.failure is not None:
            raise self._wire.failure


def _target(record: Any) -> str | None:
    target = record.headers.get("WARC-Target-URI")
    # In angle brackets with writers that follow the grammar of 1.0 to the letter.
    target = target.strip().strip("<>") if isinstance(target, str) else ""
    return target if target.startswith(("http://", "https://")) else None


def _is_text(headers: tuple[tuple[str, str], ...]) -> bool:
    given = next((value for name, value in headers if name.lower() == "content-type"), "")
    media = given.partition(";")[0].strip().lower()
    return not media or "html" in media or media == "text/plain"


def _date(record: Any) -> datetime:
    stated = record.headers.get("WARC-Date") or ""
    try:
        moment = datetime.fromisoformat(stated.strip())
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return datetime.now(UTC)
