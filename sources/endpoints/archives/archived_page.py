"""A page that an archive on file holds whole, as if it had just been downloaded."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sources.client.answer.decoding import BodyTooLarge, BrokenBody, decoder_for
from sources.page import Page, Validators

__all__ = ["LARGEST", "ArchivedPage", "PassedOver", "page_of_answer"]

#: Bytes of a page, packed and unpacked; no article is larger.
LARGEST = 20 * 1024 * 1024
#: A chunk's first line (RFC 9112, section 7.1): its size, and extensions that mean nothing to us.
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]{0,1000})?\r?\n")


@dataclass(frozen=True, slots=True)
class ArchivedPage:
    """One page of a WARC file or a folder."""

    #: Its address: of the page when it was online.
    url: str
    page: Page
    #: Where reading goes on behind it: bytes into the WARC file, or its path within the folder.
    position: int | str


@dataclass(slots=True)
class PassedOver:
    """Records or files that gave no page, by reason."""

    #: Of other sites, or not wanted.
    others: int = 0
    #: No answer with a page: requests, metadata, pictures, error pages, redirects.
    no_page: int = 0
    #: Copies of an earlier record that are not repeated (WARC ``revisit``).
    revisits: int = 0
    #: Which the crawler did not download to their end (``WARC-Truncated``): half an article is none.
    cut: int = 0
    too_large: int = 0
    #: Broken, or unreadable.
    broken: int = 0
    #: Without any address, where the source's home was not given.
    no_address: int = 0
    #: Hidden files, links, pipes and devices.
    special: int = 0


def page_of_answer(
    url: str,
    status: int,
    headers: Iterable[tuple[str, str]],
    raw: bytes,
    fetched_at: datetime,
) -> Page:
    """The page that the client would have made of an HTTP answer, its codings undone.

    Args:
        url: that was asked, and answered.
        status: of the answer.
        headers: as they came; of several of one name the first counts.
        raw: what followed the headers.
        fetched_at: when it was taken.

    Raises:
        BodyTooLarge: more than ``LARGEST`` bytes, unpacked.
        BrokenBody: it is not what its codings say, or breaks off.
    """
    known: dict[str, str] = {}
    for name, value in headers:
        known.setdefault(name.lower(), value)
    if "chunked" in known.pop("transfer-encoding", "").lower():
        raw = _without_chunks(raw)
    body = _decoded(raw, known.pop("content-encoding", ""))
    if len(body) > LARGEST:
        raise BodyTooLarge
    return Page(
        requested_url=url,
        url=url,
        status=status,
        headers=known,
        body=body,
        fetched_at=fetched_at,
        validators=Validators(known.get("etag"), known.get("last-modified")),
    )


def _decoded(raw: bytes, coding: str) -> bytes:
    if not coding:
        return raw
    try:
        decoder = decoder_for(coding, LARGEST)
        decoder.feed(raw)
        return decoder.finish()
    except BrokenBody:
        # Crawlers store what they unpacked under headers that say otherwise.
        if b"<" in raw[:1000] and b"\0" not in raw[:1000]:
            return raw
        raise


def _without_chunks(raw: bytes) -> bytes:
    """The body of a chunked answer; ``raw`` where the crawler has put it together already."""
    parts: list[bytes] = []
    at = 0
    while True:
        match = _CHUNK.match(raw, at)
        if match is None:
            if not parts:
                return raw
            raise BrokenBody("its chunks are broken")
        size = int(match[1], 16)
        at = match.end() + size
        if size == 0:
            return b"".join(parts)
        if at > len(raw):
            if not parts:
                return raw
            raise BrokenBody("its last chunk breaks off")
        parts.append(raw[match.end() : at])
        at += 2 if raw[at : at + 2] == b"\r\n" else 1
