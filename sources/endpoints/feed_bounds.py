"""What feedparser takes the square of, taken out of a feed before it is read.

Its pattern of mail addresses goes over an author's text from every place to the end (20 kB take three
seconds), a category is compared with all others of its entry, an attribute with those of its element.
None of it is read here, or none of it beyond a length that no feed of people has.
"""

from __future__ import annotations

import re

from sources.errors import EndpointError
from sources.markup import has_long_tag

__all__ = ["within_bounds"]

#: Bytes of an author (a name, a mail address, some names) or of a list of key words.
LONGEST_AUTHOR = 1000
#: Categories of a feed from where on they are left out: one of 100 entries has some hundreds.
MOST_CATEGORIES = 5000
_AUTHOR = re.compile(
    rb"(<(?:[a-z0-9]{1,20}:)?(?:author|creator|contributor|publisher|owner|name|email|managingeditor|webmaster"
    rb"|keywords)"
    rb"(?:\s[^<>]{0,500})?>\s*+(?:<!\[CDATA\[)?)([^<\]]{%d})[^<\]]*+" % LONGEST_AUTHOR,
    re.IGNORECASE,
)
#: The last reference of a text that was cut, whole or not.
_CUT_REFERENCE = re.compile(rb"&[^;&]{0,20}$|[\x80-\xff]{1,4}$")
_CATEGORY_NAMES = rb"(?:[a-z0-9]{1,20}:)?(?:category|subject|keywords)"
_CATEGORY_START = re.compile(rb"<" + _CATEGORY_NAMES + rb"[\s/>]", re.IGNORECASE)
_CATEGORY = re.compile(
    rb"<(" + _CATEGORY_NAMES + rb")(?:\s[^<>]{0,2000})?"
    rb"(?:/>|>(?:[^<]{0,2000}|\s{0,20}<!\[CDATA\[[^<\]]{0,2000}\]\]>\s{0,20})</\1\s{0,5}>)",
    re.IGNORECASE,
)


def within_bounds(feed: bytes, url: str) -> bytes:
    """``feed`` (XML, not in UTF-16 or UTF-32) without what costs more than its size.

    Raises:
        EndpointError: an element has more attributes than any feed needs.
    """
    if has_long_tag(feed):
        raise EndpointError(url, "the feed has an element of very many attributes; not read")
    feed = _AUTHOR.sub(_cut, feed)
    if feed.count(b"<") > MOST_CATEGORIES:
        if sum(1 for _ in _CATEGORY_START.finditer(feed)) > MOST_CATEGORIES:
            feed = _CATEGORY.sub(b"", feed)
    return feed


def _cut(match: re.Match[bytes]) -> bytes:
    return match[1] + _CUT_REFERENCE.sub(b"", match[2])
