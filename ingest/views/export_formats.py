"""Rows of articles as JSONL, CSV, Parquet or Atom, one after the other, never all in memory."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import IO, Any
from xml.sax.saxutils import escape, quoteattr

from ingest.errors import InputError
from storage.reading.export_rows import EXPORTED

__all__ = ["FORMATS", "write_rows"]

Row = dict[str, Any]
_COLUMNS = (*EXPORTED, "credits", "story_id")
_LISTS = ("authors", "organisations", "tags", "reuse")
_TIMES = ("published_at", "modified_at", "filed_at", "updated_at", "withdrawn_at")
#: Rows of one group of a Parquet file.
_GROUP = 1000
#: Signs that XML 1.0 cannot hold (section 2.2).
_NOT_XML = dict.fromkeys((*range(9), 11, 12, *range(14, 32), *range(55296, 57344), 65534, 65535))


def write_rows(form: str, rows: Iterable[Row], stream: IO[bytes]) -> int:
    """Write rows in one of :data:`FORMATS`; how many there were."""
    count = 0

    def counted() -> Iterator[Row]:
        nonlocal count
        for row in rows:
            count += 1
            yield row

    _WRITERS[form](counted(), stream)
    return count


def _write_jsonl(rows: Iterator[Row], stream: IO[bytes]) -> None:
    for row in rows:
        stream.write(json.dumps(_plain(row), ensure_ascii=False).encode("utf-8") + b"\n")


def _write_csv(rows: Iterator[Row], stream: IO[bytes]) -> None:
    """As RFC 4180 has it; lists as JSON."""
    text = io.TextIOWrapper(stream, "utf-8", newline="", write_through=True)
    try:
        writer = csv.writer(text)
        writer.writerow(_COLUMNS)
        for row in rows:
            values = _plain(row)
            writer.writerow(
                [
                    json.dumps(value, ensure_ascii=False)
                    if isinstance(value, list | dict | bool)
                    else value
                    for value in (values[name] for name in _COLUMNS)
                ]
            )
    finally:
        text.detach()


def _write_parquet(rows: Iterator[Row], stream: IO[bytes]) -> None:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise InputError("Parquet needs pyarrow; install copydesk[parquet]") from None
    credit = pa.struct([(name, pa.string()) for name in ("role", "name", "evidence")])
    types: dict[str, Any] = {
        "id": pa.int64(),
        "story_id": pa.int64(),
        "words": pa.int32(),
        "revision": pa.int32(),
        "complete": pa.bool_(),
        "paid": pa.bool_(),
        "credits": pa.list_(credit),
        **{name: pa.list_(pa.string()) for name in _LISTS},
        **{name: pa.timestamp("us", tz="UTC") for name in _TIMES},
    }
    schema = pa.schema([(name, types.get(name, pa.string())) for name in _COLUMNS])
    with pq.ParquetWriter(stream, schema, compression="zstd") as writer:
        while group := list(islice(rows, _GROUP)):
            writer.write_table(pa.Table.from_pylist(group, schema=schema))


def _write_atom(rows: Iterator[Row], stream: IO[bytes]) -> None:
    """A feed of what was filed (RFC 4287); the text of an article is its entry's content."""
    entries = [_entry(row) for row in rows]
    updated = max((when for when, _ in entries), default=datetime.fromtimestamp(0, UTC))
    stream.write(
        (
            '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
            "<title>Copydesk: articles filed</title>\n<id>urn:copydesk:filed</id>\n"
            f"<updated>{_rfc3339(updated)}</updated>\n"
            "<author><name>Copydesk</name></author>\n"
        ).encode()
    )
    for _, entry in entries:
        stream.write(entry.encode("utf-8"))
    stream.write(b"</feed>\n")


def _entry(row: Row) -> tuple[datetime, str]:
    names = row["authors"] or [credit["name"] for credit in row["credits"]] or [row["source"]]
    lines = [
        "<entry>",
        f"<id>urn:copydesk:article:{row['id']}</id>",
        f"<title>{_xml(row['title'] or row['url'] or str(row['id']))}</title>",
        f"<updated>{_rfc3339(row['updated_at'])}</updated>",
    ]
    if row["published_at"] is not None:
        lines.append(f"<published>{_rfc3339(row['published_at'])}</published>")
    if row["url"]:
        lines.append(f'<link rel="alternate" href={quoteattr(_clean(row["url"]))}/>')
    lines += [f"<author><name>{_xml(name)}</name></author>" for name in names]
    lines += [f"<category term={quoteattr(_clean(tag))}/>" for tag in row["tags"]]
    if row["standfirst"]:
        lines.append(f"<summary>{_xml(row['standfirst'])}</summary>")
    language = f" xml:lang={quoteattr(row['language'])}" if row["language"] else ""
    lines += [f'<content type="text"{language}>{_xml(row["text"])}</content>', "</entry>", ""]
    return row["updated_at"], "\n".join(lines)


def _xml(text: str) -> str:
    return escape(_clean(text))


def _clean(text: str) -> str:
    return text.translate(_NOT_XML)


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _plain(row: Row) -> Row:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in row.items()
    }


_WRITERS: dict[str, Callable[[Iterator[Row], IO[bytes]], None]] = {
    "jsonl": _write_jsonl,
    "csv": _write_csv,
    "parquet": _write_parquet,
    "atom": _write_atom,
}
#: What ``--format`` may be.
FORMATS = tuple(_WRITERS)
