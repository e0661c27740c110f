"""What decides whether a document of an endpoint is asked for, and on which conditions: the rules it
was read by, what its index says of it, what others of its domain have shown.

A server's validators say that a document is as it was, not that what was taken of it is what is wanted
today: beside them stands the fingerprint under which it was read, and where that has changed the
document is asked for without conditions.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from sources.address import registrable_domain
from sources.endpoints.document import Document, Known
from sources.source import Endpoint, Source

__all__ = ["Elsewhere", "asks_to_log_in", "is_unchanged", "rules_of"]

#: Documents are asked for, whatever their index says of them, after this time.
ASKED_AGAIN = timedelta(days=1)
#: Files of an index on another domain that name nothing of the source's site, after which its others
#: there are left: an index cannot send us to somebody else.
MOST_ELSEWHERE = 5

#: Bytes in which the form of a page that asks to log in is looked for, and links that one has at most:
#: a site's other pages may have the form at their top.
MOST_OF_FORM, MOST_LINKS = 65_536, 15
_HTML = re.compile(rb"<(?:!doctype\s{1,10}html|html[\s>])", re.IGNORECASE)
_PASSWORD = re.compile(rb"""\stype\s{0,5}=\s{0,5}["']?password\b""", re.IGNORECASE)

#: Raised when this program reads documents otherwise than before, so that each is read once more.
VERSION = 1


def asks_to_log_in(body: bytes) -> bool:
    """Whether ``body`` is a page with a form that takes a password, which no document has."""
    head = body[:MOST_OF_FORM]
    if _HTML.search(head[:2000]) is None or _PASSWORD.search(head) is None:
        return False
    return head.lower().count(b"<a ") <= MOST_LINKS


def rules_of(source: Source, endpoint: Endpoint) -> str:
    """A fingerprint of all that the file of ``source`` says which decides what is taken of a document
    of ``endpoint``: home, endpoints (whose hosts are the source's own), ``[links]``, and of the
    endpoint its kind, address and selector.
    """
    links = source.links
    deciding = [
        VERSION,
        source.home,
        sorted(each.url for each in source.endpoints),
        [sorted(links.include), sorted(links.exclude), sorted(links.hosts)],
        links.max_age.total_seconds() if links.max_age is not None else None,
        [endpoint.kind, endpoint.url, endpoint.selector],
    ]
    return hashlib.blake2b(json.dumps(deciding).encode(), digest_size=8).hexdigest()


def is_unchanged(known: Known | None, modified: str, now: datetime, rules: str) -> bool:
    """Whether a file is as it was when we read it last, by its index, which has said nothing new.

    A bare day says nothing before it is over. An index that was never kept up says so for ever, so a
    file is asked for, conditionally, once a day all the same.

    Args:
        known: of the file.
        modified: what the index says, as it did then; ISO 8601.
        now: aware.
        rules: by which it would be read today.
    """
    if known is None or known.failed or known.checked_at is None or known.rules != rules:
        return False
    if now - known.checked_at >= ASKED_AGAIN:
        return False
    try:
        changed = datetime.fromisoformat(modified)
    except ValueError:
        return False
    if len(modified) <= 10:
        changed += timedelta(days=2)
    elif changed.tzinfo is None:
        changed += timedelta(days=1)
    if changed.tzinfo is None:
        changed = changed.replace(tzinfo=UTC)
    return known.checked_at > changed


class Elsewhere:
    """What an index's files on other domains than the source's have shown, in one reading."""

    def __init__(self) -> None:
        self._in_vain: Counter[str] = Counter()

    def is_spent(self, url: str) -> bool:
        """Whether the domain of ``url`` has shown often enough that nothing there is the source's."""
        return self._in_vain[_domain_of(url)] >= MOST_ELSEWHERE

    def note(self, document: Document) -> None:
        """Note whether ``document``, whose links have been read, was of use."""
        useful = document.tally.on_site or document.following or document.not_modified
        self._in_vain[_domain_of(document.url)] += not useful


def _domain_of(url: str) -> str:
    return registrable_domain(urlsplit(url).hostname or "")
