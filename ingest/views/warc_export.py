"""Raw pages as a WARC file (ISO 28500:2017), which every archive's tools read."""

from __future__ import annotations

import base64
import gzip
import hashlib
import uuid
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from storage.pages.raw_pages import RawPage

__all__ = ["WarcFile"]


class WarcFile:
    """A WARC file being written: an ``info`` record, then one ``response`` a page.

    Packed, each record is a gzip member of its own, as readers that jump into the file expect.
    """

    def __init__(self, path: Path, *, packed: bool) -> None:
        self._stream: IO[bytes] = path.open("wb")
        self._packed = packed
        self._write(
            {
                "WARC-Type": "warcinfo",
                "WARC-Date": _date(datetime.now(UTC)),
                "Content-Type": "application/warc-fields",
            },
            b"software: Copydesk\r\nformat: WARC File Format 1.1\r\n"
            b"conformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/"
            b"warc-1.1/\r\n",
        )

    def write(self, page: RawPage) -> None:
        """Add a page; its content codings were undone when it was downloaded."""
        self._write(
            {
                "WARC-Type": "response",
                "WARC-Target-URI": page.url,
                "WARC-Date": _date(page.fetched_at),
                "WARC-Payload-Digest": _digest(page.body),
                "Content-Type": "application/http; msgtype=response",
            },
            page.as_message(),
        )

    def _write(self, fields: dict[str, Any], block: bytes) -> None:
        fields = {
            **fields,
            "WARC-Record-ID": f"<urn:uuid:{uuid.uuid4()}>",
            "WARC-Block-Digest": _digest(block),
            "Content-Length": len(block),
        }
        head = "WARC/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        record = head.encode("utf-8") + b"\r\n" + block + b"\r\n\r\n"
        self._stream.write(gzip.compress(record, mtime=0) if self._packed else record)

    def __enter__(self) -> WarcFile:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stream.close()


def _date(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _digest(data: bytes) -> str:
    # SHA-1 in Base32 is what every reader of these files compares.
    return "sha1:" + base64.b32encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()
