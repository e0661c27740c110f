"""The index of a web archive: which pages of a site it holds, and where their copies are.

Wayback's CDX server (https://github.com/internetarchive/wayback/tree/master/wayback-cdx-server), pywb's
API of the same kind, and the eleven-column CDX files before them. What is asked for is the site's
HTML answers with status 200; what is fetched is the copy as it was (``id_``), not the archive's
rewritten page.

Of several copies of an address the latest within the time counts: it holds what was corrected since.
The time of a copy says when the archive came by, so that it is never a time of publication.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from sources.address import address_key, registrable_domain
from sources.endpoints.document import Announced, Following, Window
from sources.errors import EndpointError
from sources.page import Page
from sources.source import Endpoint

__all__ = ["first_cdx", "read_cdx", "replay_prefix"]

#: Rows of one answer; the rest follows by its resume key.
ROWS = 50_000
MOST_ROWS = 200_000
FIELDS = ("timestamp", "original", "mimetype", "statuscode", "digest")
_STAMP = re.compile(r"\d{14}")
_JUNK = re.compile(
    r"/(?:robots\.txt|favicon\.ico|wp-json|xmlrpc\.php|feed)(?:/|\?|$)|[?&](?:replytocom|share|print)=",
    re.IGNORECASE,
)
_HTML = re.compile(rb"<(?:!doctype\s{1,10}html|html[\s>])", re.IGNORECASE)
#: Columns of a CDX file without a header (https://iipc.github.io/warc-specifications/specifications/cdx-format/cdx-2015/).
_COLUMNS = ("urlkey", "timestamp", "original", "mimetype", "statuscode", "digest")


def first_cdx(endpoint: Endpoint, home: str, window: Window | None) -> str:
    """The address of the index's first answer: the endpoint's, with the question.

    What the endpoint's own address says of ``url`` and ``matchType`` stays; without, everything
    beneath the home's registrable domain is asked for, or its folder where it lives in one.
    """
    parts = urlsplit(endpoint.url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    place = urlsplit(home)
    host = place.hostname or ""
    folder = place.path.rpartition("/")[0] if place.path.strip("/") else ""
    query.setdefault("url", f"{host}{folder}/" if folder else registrable_domain(host))
    query.setdefault("matchType", "prefix" if folder else "domain")
    query |= {"output": "json", "fl": ",".join(FIELDS), "collapse": "urlkey"}
    query.setdefault("limit", str(ROWS))
    query["showResumeKey"] = "true"
    if window is not None and window.since is not None:
        query["from"] = f"{window.since:%Y%m%d}"
    # No upper end: the copy of an article of December is often one of January.
    pairs = [*query.items(), ("filter", "statuscode:200"), ("filter", "mimetype:text/html")]
    return urlunsplit(parts._replace(query=urlencode(pairs, safe=":,/"), fragment=""))


def replay_prefix(endpoint: Endpoint) -> str:
    """What the addresses of copies begin with, by the source file's word or the index's address."""
    if endpoint.replay is not None:
        return endpoint.replay.rstrip("/") + "/"
    parts = urlsplit(endpoint.url)
    path = parts.path.rstrip("/")
    if path.endswith("/cdx/search/cdx"):
        path = path.removesuffix("/cdx/search/cdx") + "/web"
    else:
        # pywb: /collection/cdx, whose copies are /collection/20260101000000id_/http://...
        path = path.rpartition("/")[0]
    return urlunsplit((parts.scheme, parts.netloc, f"{path}/", "", ""))


def read_cdx(
    page: Page, endpoint: Endpoint, window: Window | None
) -> Iterator[Announced | Following]:
    """The pages of one answer, each address once, and the answer after it.

    Raises:
        EndpointError: the answer is no index; the message says what it is.
    """
    prefix = replay_prefix(endpoint)
    resume: str | None = None
    latest: dict[str, tuple[str, str]] = {}
    for row in _rows(page):
        if isinstance(row, str):
            resume = row
            continue
        stamp, original = row.get("timestamp", ""), row.get("original") or row.get("url", "")
        if not _STAMP.fullmatch(stamp) or not _is_page(row, original):
            continue
        try:
            # http and https, with and without www or port: copies of one page
            key = address_key(original)
        except ValueError:
            continue
        if key not in latest or stamp > latest[key][0]:
            latest[key] = (stamp, original)
    for stamp, original in latest.values():
        yield Announced(url=_without_port(original), fetch_url=f"{prefix}{stamp}id_/{original}")
    if resume is not None and window is not None:
        parts = urlsplit(page.requested_url)
        pairs = [pair for pair in parse_qsl(parts.query) if pair[0] != "resumeKey"]
        query = urlencode([*pairs, ("resumeKey", resume)], safe=":,/")
        yield Following(urlunsplit(parts._replace(query=query)))


def _is_page(row: dict[str, str], original: str) -> bool:
    status = row.get("statuscode") or row.get("status") or "200"
    media = row.get("mimetype") or row.get("mime") or "text/html"
    return (
        status in ("200", "-")
        and "html" in media
        and original.startswith(("http://", "https://"))
        and not _JUNK.search(original)
    )


def _without_port(original: str) -> str:
    return re.sub(r"^(http://[^/:]+):80(?=/|$)", r"\1", original)


def _rows(page: Page) -> Iterator[dict[str, str] | str]:
    """The rows of an answer, and its resume key as bare text."""
    body = page.body.strip()
    if not body:
        return  # nothing of this site: no error
    if _HTML.search(body[:2000]):
        title = re.search(rb"<title[^>]{0,200}>([^<]{0,200})", body[:65536], re.IGNORECASE)
        named = title[1].decode("utf-8", "replace").strip() if title else "without a title"
        raise EndpointError(page.url, f"expected an archive's index, got an HTML page: {named!r}")
    if "org.archive.util.io.RuntimeIOException" in body[:500].decode("latin-1") or (
        b"Blocked Site Error" in body[:500] or b"AdministrativeAccessControl" in body[:500]
    ):
        raise EndpointError(page.url, "the archive does not show this site")
    if body[:1] == b"[":
        yield from _table(page, body)
        return
    lines = body.decode("utf-8", "replace").splitlines()[:MOST_ROWS]
    if body[:1] == b"{":
        for line in lines:
            try:
                value = json.loads(line)
            except ValueError:
                continue  # the last line of an answer that was cut off
            if isinstance(value, dict):
                yield {str(name): str(item) for name, item in value.items()}
        return
    for number, line in enumerate(lines):
        fields = line.split()
        if len(fields) >= 5 and _STAMP.fullmatch(fields[1]):
            yield dict(zip(_COLUMNS, fields, strict=False))
        elif not line.strip() and number < len(lines) - 1:
            yield lines[number + 1].strip()
            return


def _table(page: Page, body: bytes) -> Iterator[dict[str, str] | str]:
    """Wayback's JSON: rows of text under a row of names; after an empty row the resume key."""
    try:
        table: Any = json.loads(body)
    except (ValueError, RecursionError):
        raise EndpointError(page.url, "the archive's index breaks off") from None
    rows = [row for row in table if isinstance(row, list)] if isinstance(table, list) else []
    if not rows:
        return
    names = [str(name) for name in rows[0]]
    ended = False
    for row in rows[1:MOST_ROWS]:
        if not row:
            ended = True
        elif ended and len(row) == 1:
            yield str(row[0])
        elif len(row) == len(names):
            yield dict(zip(names, (str(item) for item in row), strict=True))
