"""The index of a web archive: which pages of a site it holds, and where their copies are.

Wayback's CDX server (https://github.com/internetarchive/wayback/tree/master/wayback-cdx-server), pywb's
(https://pywb.readthedocs.io/en/latest/manual/cdxserver_api.html; Common Crawl's index is one), and CDX
files as text. What is asked for is the site's HTML answers with status 200; what is fetched is the copy
as it was taken (``id_``), not the archive's rewritten page.

Of several copies the earliest counts. It is the nearest to publication, and a later one is as often the
notice that the article is gone, a paywall or a front page, all under status 200, as a correction; and it
is what ``collapse=urlkey`` leaves, one row an address. When a copy was taken is the latest that its
article can be of, never a time of publication.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b
from typing import Any
from urllib.parse import parse_qsl, quote_plus, urlencode, urlsplit, urlunsplit

from sources.address import address_key, registrable_domain
from sources.endpoints.document import Following, Window
from sources.errors import EndpointError, RobotsDisallowed
from sources.link import Announced
from sources.page import Page
from sources.source import Endpoint

__all__ = ["first_cdx", "read_cdx", "replay_prefix"]

#: Rows of one answer of Wayback's; the rest follows by its resume key.
ROWS = 50_000
#: Rows of one answer that are read, whoever sent it.
MOST_ROWS = 500_000
LONGEST_LINE = 64 * 1024
#: Of a table that stands on one line, and has to be parsed as a whole.
LARGEST_LINE = 8 * 1024 * 1024
#: How long after its publication an article is looked for: archives come by late, but copies of
#: every later year would be a multiple of what was asked for.
LATEST = timedelta(days=90)

_WAYBACK = ("timestamp", "original", "mimetype", "statuscode", "digest")
_PYWB = ("timestamp", "url", "mime", "status", "digest")
#: Columns of a CDX file without a legend, and the letters of one with it
#: (https://iipc.github.io/warc-specifications/specifications/cdx-format/cdx-2015/).
_COLUMNS = ("urlkey", "timestamp", "original", "mimetype", "statuscode", "digest")
_LETTERS = {"b": "timestamp", "a": "original", "m": "mimetype", "s": "statuscode", "k": "digest"}
_OURS = frozenset(["output", "fl", "fields", "resumeKey", "showResumeKey", "page"])

_STAMP = re.compile(r"\d{14}")
_ENCODED = re.compile(r"[A-Za-z0-9%+._~!*'()-]{1,2000}")
_PORT = re.compile(r"^(?:(http://[^/:?#]{1,255}):80|(https://[^/:?#]{1,255}):443)(?=[/?#]|$)")
#: What crawlers ask for beside pages, and what they make of templates and scripts.
_JUNK = re.compile(
    r"/(?:robots\.txt|favicon\.ico|wp-json|wp-login\.php|xmlrpc\.php|feed|cdn-cgi)(?:[/?]|$)"
    r"|[?&](?:replytocom|share|print|s|sessionid|phpsessid)="
    r"|\{\{|%7B%7B|\$\{|%24%7B|<%|%3C%|%22(?:[/)>+,;]|$)|&quot;|\\|/(?:javascript|mailto):|%20%2B|'%20?\+",
    re.IGNORECASE,
)
_TITLE = re.compile(rb"<(?:title|h1)\b[^>]{0,200}>([^<]{1,200})", re.IGNORECASE)


def first_cdx(endpoint: Endpoint, home: str, window: Window | None) -> str:
    """The address of the index's first answer: the endpoint's, with the question.

    What the endpoint's own address says of ``url``, ``matchType``, ``filter``, ``from`` and ``to``
    stays. Without, everything on the home's host and beneath it is asked for; of a site that lives in
    a folder of a host that others share, what begins with that folder.
    """
    parts = urlsplit(endpoint.url)
    pairs = [
        pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] not in _OURS
    ]
    given = {name for name, _ in pairs}
    if "url" not in given:
        place, match = _place(home)
        pairs.append(("url", place))
        if "matchType" not in given:
            pairs.append(("matchType", match))
    wayback = _is_wayback(endpoint)
    fields = _WAYBACK if wayback else _PYWB
    pairs += [("output", "json"), ("fl", ",".join(fields))]
    filtered = {value.lstrip("!=~").partition(":")[0] for name, value in pairs if name == "filter"}
    if not filtered & {"statuscode", "status"}:
        pairs.append(("filter", f"{fields[3]}:200"))
    if not filtered & {"mimetype", "mime"}:
        pairs.append(("filter", f"{fields[2]}:text/html"))
    if window is not None and window.since is not None and "from" not in given:
        pairs.append(("from", f"{window.since:%Y%m%d%H%M%S}"))
    if window is not None and window.until is not None and "to" not in given:
        pairs.append(("to", f"{window.until + LATEST:%Y%m%d%H%M%S}"))
    if wayback:
        if "collapse" not in given:
            pairs.append(("collapse", "urlkey"))
        if "limit" not in given:
            pairs.append(("limit", str(ROWS)))
        pairs.append(("showResumeKey", "true"))
    else:
        pairs.append(("page", "0"))
    return urlunsplit(parts._replace(query=urlencode(pairs, safe=":,/*"), fragment=""))


def replay_prefix(endpoint: Endpoint) -> str | None:
    """What the addresses of copies begin with, by the source file's word or the index's address.

    ``None`` for an index without copies (Common Crawl's): the site itself is asked for its pages.
    """
    if endpoint.replay is not None:
        return endpoint.replay.rstrip("/") + "/"
    parts = urlsplit(endpoint.url)
    path = parts.path.rstrip("/")
    if path.endswith("-index"):
        return None
    if path.endswith("/cdx/search/cdx"):
        path = path.removesuffix("/cdx/search/cdx") + "/web"
    elif path.endswith("-cdx"):
        path = path.removesuffix("-cdx")
    else:
        # pywb: /collection/cdx, whose copies are /collection/20260101000000id_/http://...
        path = path.rpartition("/")[0]
    return urlunsplit((parts.scheme, parts.netloc, f"{path}/", "", ""))


def read_cdx(
    page: Page, endpoint: Endpoint, window: Window | None
) -> Iterator[Announced | Following]:
    """The pages of one answer, each address once, and with a ``window`` the answer after it.

    Raises:
        EndpointError: the answer is no index, or breaks off; what it held has been yielded by then.
    """
    since = f"{window.since:%Y%m%d%H%M%S}" if window is not None and window.since else ""
    prefix = replay_prefix(endpoint)
    copies: dict[str, _Copy] = {}
    answer = _Reply()
    broken: EndpointError | None = None
    try:
        for row in _rows(page, answer):
            stamp = row.get("timestamp", "")
            original = _PORT.sub(r"\1\2", row.get("original") or row.get("url") or "")
            # A copy from before the time is of an article from before it.
            if not _STAMP.fullmatch(stamp) or stamp < since or not _is_page(row, original):
                continue
            try:
                # http and https, with and without www, port or trackers: copies of one page
                key = address_key(original)
            except ValueError:
                continue
            copy = copies.get(key)
            if copy is None:
                copies[key] = _Copy(stamp, original, original)
            else:
                copy.add(stamp, original)
    except EndpointError as error:
        broken = error
    for copy in copies.values():
        fetch_url = f"{prefix}{copy.stamp}id_/{copy.original}" if prefix is not None else None
        yield Announced(url=copy.url, fetch_url=fetch_url)
    if broken is not None:
        raise broken
    if window is not None:
        following = _next(page, endpoint, answer)
        if following is not None:
            yield Following(following)


@dataclass(slots=True)
class _Copy:
    """The earliest copy of one page."""

    stamp: str
    original: str
    #: The plainest of its addresses.
    url: str

    def add(self, stamp: str, original: str) -> None:
        if stamp < self.stamp:
            self.stamp, self.original = stamp, original
        self.url = min(
            self.url, original, key=lambda url: (len(url.partition("://")[2]), -len(url))
        )


@dataclass(slots=True)
class _Reply:
    """What an answer says beside its rows."""

    resume: str | None = None
    rows: int = 0
    #: Of its first row.
    mark: str = ""


def _is_wayback(endpoint: Endpoint) -> bool:
    return urlsplit(endpoint.url).path.rstrip("/").endswith("/search/cdx")


def _place(home: str) -> tuple[str, str]:
    """(``url``, ``matchType``) of a site."""
    try:
        host = urlsplit(address_key(home)).hostname or ""
    except ValueError:
        host = urlsplit(home).hostname or ""
    path = urlsplit(home).path
    # A folder named with its slash, or one on a host of a house that lets rooms.
    if path.strip("/") and (path.endswith("/") or host != registrable_domain(host)):
        return f"{host}{path.rstrip('/')}/", "prefix"
    return host, "domain"


def _is_page(row: dict[str, str], original: str) -> bool:
    status = row.get("statuscode") or row.get("status") or "200"
    media = row.get("mimetype") or row.get("mime") or "text/html"
    return (
        status in ("200", "-")
        and "html" in media
        and original.startswith(("http://", "https://"))
        and not _JUNK.search(original)
    )


def _next(page: Page, endpoint: Endpoint, answer: _Reply) -> str | None:
    """The address of the answer after this one."""
    parts = urlsplit(page.requested_url)
    pairs = parts.query.split("&")
    if answer.resume is not None:
        # It comes encoded; encoded once more it would begin anew.
        key = answer.resume if _ENCODED.fullmatch(answer.resume) else quote_plus(answer.resume)
        if f"resumeKey={key}" in pairs:
            return None
        kept = [pair for pair in pairs if not pair.startswith("resumeKey=")]
        return urlunsplit(parts._replace(query="&".join([*kept, f"resumeKey={key}"])))
    asked = next((pair[5:] for pair in pairs if re.fullmatch(r"page=\d{1,6}", pair)), None)
    # An index of pywb's without pages gives the same answer to each: our fragment, which is not
    # sent, says how the page before began.
    if _is_wayback(endpoint) or asked is None or not answer.rows or parts.fragment == answer.mark:
        return None
    kept = [pair for pair in pairs if not pair.startswith("page=")]
    query = "&".join([*kept, f"page={int(asked) + 1}"])
    return urlunsplit(parts._replace(query=query, fragment=answer.mark))


def _rows(page: Page, answer: _Reply) -> Iterator[dict[str, str]]:
    """The rows of an answer in any of its forms, by the names of their columns."""
    body = page.body.strip()
    _refuse(page, body)
    form = _lines if body[:1] != b"[" else _table
    for row in form(page, body, answer):
        answer.rows += 1
        if answer.rows == 1:
            answer.mark = blake2b(repr(sorted(row.items())).encode(), digest_size=6).hexdigest()
        yield row
        if answer.rows >= MOST_ROWS:
            raise EndpointError(page.url, f"more than {MOST_ROWS} rows; the others are left")


def _refuse(page: Page, body: bytes) -> None:
    """Raise ``EndpointError`` where an answer says that there is none."""
    head = body[:2000]
    if page.status == 429:
        raise EndpointError(page.url, "the archive asks for a slower pace (429)", "http_429")
    if b"Blocked Site Error" in head or b"AdministrativeAccessControl" in head:
        raise EndpointError(page.url, "the archive does not show this site (Blocked Site Error)")
    if b"RobotAccessControl" in head:
        raise EndpointError(
            page.url, "the archive does not show this site (robots.txt)", RobotsDisallowed.cause
        )
    if body[:1] == b"<":
        match = _TITLE.search(body[:65536])
        named = (
            " ".join(match[1].decode("utf-8", "replace").split()) if match else "without a title"
        )
        raise EndpointError(page.url, f"expected an archive's index, got an HTML page: {named!r}")
    if head.startswith((b"org.archive.", b"java.")):
        said = head.partition(b"\n")[0].decode("utf-8", "replace")[:200]
        raise EndpointError(page.url, f"the archive's index failed: {said}")


def _table(page: Page, body: bytes, answer: _Reply) -> Iterator[dict[str, str]]:
    """Wayback's JSON: a row a line, under a row of names; behind an empty row the resume key."""
    names: list[str] = []
    ended = False
    for row in _arrays(page, body):
        if not names:
            names = [str(name) for name in row]
        elif not row:
            ended = True
        elif ended:
            answer.resume = str(row[0])
        elif len(row) == len(names):
            yield dict(zip(names, (str(item) for item in row), strict=True))


def _arrays(page: Page, body: bytes) -> Iterator[list[Any]]:
    """The rows of a JSON array of arrays, line by line: what has come of a broken one counts."""
    if body.find(b"\n", 0, LONGEST_LINE) < 0:
        if len(body) > LARGEST_LINE:
            raise EndpointError(page.url, "the archive's index has lines without end")
        table = _parsed(body)
        if not isinstance(table, list):
            raise EndpointError(page.url, "the archive's index breaks off")
        yield from (row for row in table if isinstance(row, list))
        return
    whole = False
    for number, raw in enumerate(io.BytesIO(body)):
        line = raw.strip().removesuffix(b",")
        if number == 0 and line.startswith(b"["):
            line = line[1:].lstrip()
        if not line or len(line) > LONGEST_LINE:
            continue
        if line == b"]":
            whole = True
            continue
        row = _parsed(line)
        if row is None and line.endswith(b"]"):
            whole = True
            row = _parsed(line[:-1])
        if isinstance(row, list):
            yield row
    if not whole:
        raise EndpointError(page.url, "the archive's index breaks off")


def _lines(page: Page, body: bytes, answer: _Reply) -> Iterator[dict[str, str]]:
    """An object a line, as pywb has it; CDXJ, a key and an object; CDX, fields between blanks."""
    columns: tuple[str, ...] | None = None
    ended = False
    for raw in io.BytesIO(body):
        line = raw[:LONGEST_LINE].decode("utf-8", "replace").strip()
        fields = line.split(" ", 12)
        if not line:
            ended = True
        elif ended and len(fields) == 1:
            answer.resume = line
        elif line.startswith("{"):
            value = _parsed(line)
            if isinstance(value, dict):
                yield from _object(page, value)
        elif fields[0] == "CDX":
            columns = tuple(_LETTERS.get(letter, letter) for letter in fields[1:])
        elif len(fields) > 2 and fields[2].startswith("{"):
            value = _parsed(line.split(" ", 2)[2])
            if isinstance(value, dict):
                yield from _object(page, {"timestamp": fields[1], **value})
        elif len(fields) >= 2:
            if columns is None:
                columns = _WAYBACK if _STAMP.fullmatch(fields[0]) else _COLUMNS
            row = dict(zip(columns, fields, strict=False))
            if _STAMP.fullmatch(row.get("timestamp", "")):
                yield row
            elif not answer.rows:
                raise EndpointError(
                    page.url, f"expected an archive's index, got a text: {line[:80]!r}"
                )


def _object(page: Page, value: dict[Any, Any]) -> Iterator[dict[str, str]]:
    """A row of pywb's; what it says instead of rows is an error, or the end."""
    said = value.get("message") or value.get("error")
    if said is None or "timestamp" in value:
        yield {str(name): item for name, item in value.items() if isinstance(item, str)}
    elif not re.search(r"no captures found|page \d+ invalid", str(said)[:300], re.IGNORECASE):
        raise EndpointError(page.url, f"the archive's index failed: {str(said)[:200]}")


def _parsed(text: str | bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
