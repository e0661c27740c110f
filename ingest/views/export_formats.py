"""Filed articles as JSONL, CSV, Parquet or Atom, one after the other, never all in memory.

The first three hold the keys of :data:`ingest.views.article_json.STORED_KEYS`; a Parquet column gets
its type from the field of the article that it holds.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import IO, Any, get_args, get_type_hints
from xml.sax.saxutils import escape, quoteattr

from ingest.errors import InputError
from ingest.views.article_json import STORED_KEYS, stored_json
from ingest.views.json_values import json_line
from storage.article import JSON_KEYS, Article
from storage.reading.queries import StoredArticle

__all__ = ["FORMATS", "write_articles"]

#: Rows of one group of a Parquet file.
_GROUP = 1000
#: Signs that XML 1.0 cannot hold (section 2.2).
_NOT_XML = dict.fromkeys((*range(9), 11, 12, *range(14, 32), *range(55296, 57344), 65534, 65535))

#: What a spreadsheet takes for a formula: its first sign, also as East Asian scripts set it, whatever
#: blanks stand before it, or a sign that begins another cell.
_FORMULA = re.compile(r"'*(?:[\t\r\n]|\s*[=+\-@\uff1d\uff0b\uff0d\uff20])")


def write_articles(
    form: str, articles: Iterable[StoredArticle], stream: IO[bytes], *, raw: bool = False
) -> int:
    """Write articles in one of :data:`FORMATS`; how many there were.

    ``raw``: the cells of CSV as they are, also those that a spreadsheet would run as a formula.
    """
    count = 0

    def counted() -> Iterator[StoredArticle]:
        nonlocal count
        for article in articles:
            count += 1
            yield article

    if form == "csv":
        _write_csv(counted(), stream, raw=raw)
    else:
        _WRITERS[form](counted(), stream)
    return count


def _write_jsonl(articles: Iterator[StoredArticle], stream: IO[bytes]) -> None:
    for article in articles:
        stream.write(json_line(stored_json(article)).encode("utf-8") + b"\n")


def _write_csv(articles: Iterator[StoredArticle], stream: IO[bytes], *, raw: bool = False) -> None:
    """As RFC 4180 has it; lists and flags as JSON.

    Unless ``raw`` an apostrophe stands before a text that a spreadsheet would take for a formula
    (OWASP, "CSV injection"); before one that has it already another, so that it can be taken off.
    """
    text = io.TextIOWrapper(stream, "utf-8", newline="", write_through=True)
    try:
        writer = csv.writer(text)
        writer.writerow(STORED_KEYS)
        for article in articles:
            writer.writerow([_cell(value, raw=raw) for value in stored_json(article).values()])
    finally:
        text.detach()


def _cell(value: Any, *, raw: bool) -> Any:
    if isinstance(value, list | dict | bool):
        return json.dumps(value, ensure_ascii=False)
    if not raw and isinstance(value, str) and _FORMULA.match(value):
        return f"'{value}"
    return value


def _write_parquet(articles: Iterator[StoredArticle], stream: IO[bytes]) -> None:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise InputError("Parquet needs pyarrow; install copydesk[parquet]") from None
    hints = {name: kind for name, kind in _hints(StoredArticle).items() if name != "article"}
    for name in JSON_KEYS:
        hints[name] = (
            _hints(Article).get(name) or get_type_hints(getattr(Article, name).fget)["return"]
        )
    written, typed = (
        pa.schema([(name, _arrow_type(hints[name], pa, time)) for name in STORED_KEYS])
        for time in (pa.string(), pa.timestamp("us", tz="UTC"))
    )
    with pq.ParquetWriter(stream, typed, compression="zstd") as writer:
        while group := [stored_json(article) for article in islice(articles, _GROUP)]:
            writer.write_table(pa.Table.from_pylist(group, schema=written).cast(typed))


def _hints(made_of: type) -> dict[str, Any]:
    """The types of a dataclass's fields."""
    hints = get_type_hints(made_of)
    return {each.name: hints[each.name] for each in fields(made_of)}


def _arrow_type(hint: Any, pa: Any, time: Any) -> Any:
    """The Arrow type for values of a Python type; ``time`` is the one for instants."""
    inner = get_args(hint)
    if inner and inner[-1] is Ellipsis:
        return pa.list_(_arrow_type(inner[0], pa, time))
    if type(None) in inner:
        return _arrow_type(inner[0], pa, time)
    if is_dataclass(hint) and isinstance(hint, type):
        return pa.struct(
            [(name, _arrow_type(kind, pa, time)) for name, kind in _hints(hint).items()]
        )
    return {bool: pa.bool_(), int: pa.int64(), float: pa.float64(), datetime: time}.get(
        hint, pa.string()
    )


def _write_atom(articles: Iterator[StoredArticle], stream: IO[bytes]) -> None:
    """A feed of what was filed (RFC 4287); the text of an article is its entry's content."""
    entries = [_entry(article) for article in articles]
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


def _entry(stored: StoredArticle) -> tuple[datetime, str]:
    article = stored.article
    names = article.authors or [credit.name for credit in article.credits] or [article.source or ""]
    lines = [
        "<entry>",
        f"<id>urn:copydesk:article:{stored.id}</id>",
        f"<title>{_xml(article.title or article.url or str(stored.id))}</title>",
        f"<updated>{_rfc3339(stored.updated_at)}</updated>",
    ]
    if stored.published_instant is not None:
        lines.append(f"<published>{_rfc3339(stored.published_instant)}</published>")
    if article.url:
        lines.append(f'<link rel="alternate" href={quoteattr(_clean(article.url))}/>')
    lines += [f"<author><name>{_xml(name)}</name></author>" for name in names]
    lines += [f"<category term={quoteattr(_clean(tag))}/>" for tag in article.tags]
    if article.standfirst:
        lines.append(f"<summary>{_xml(article.standfirst)}</summary>")
    language = f" xml:lang={quoteattr(article.language)}" if article.language else ""
    lines += [f'<content type="text"{language}>{_xml(article.text)}</content>', "</entry>", ""]
    return stored.updated_at, "\n".join(lines)


def _xml(text: str) -> str:
    return escape(_clean(text))


def _clean(text: str) -> str:
    return text.translate(_NOT_XML)


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


_WRITERS: dict[str, Callable[[Iterator[StoredArticle], IO[bytes]], None]] = {
    "jsonl": _write_jsonl,
    "csv": _write_csv,
    "parquet": _write_parquet,
    "atom": _write_atom,
}
#: What ``--format`` may be.
FORMATS = tuple(_WRITERS)
