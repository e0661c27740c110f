"""JSON answers of publishing platforms, which do not always begin with JSON."""

from __future__ import annotations

import html
import json
import re
from typing import Any

from sources.errors import EndpointError
from sources.page import Page

__all__ = ["plain_title", "read_json"]

LONGEST_TITLE = 1000
_TAG = re.compile(r"<[^<>]{0,2000}>")
_HTML = re.compile(rb"<(?:!doctype\s{1,10}html|html[\s>])", re.IGNORECASE)
#: PHP notices that a site prints before its answer are shorter than this.
MOST_NOISE = 20_000


def read_json(page: Page, what: str) -> Any:
    """The JSON value of ``page``; a byte order mark and PHP notices in front are passed over.

    Raises:
        EndpointError: it is something else; ``what`` names what was expected.
    """
    body = page.body.lstrip(b"\xef\xbb\xbf \r\n\t")
    if not body:
        raise EndpointError(page.url, f"expected {what}, got an empty answer")
    text = body.decode("utf-8", "replace")
    try:
        return json.loads(text)
    except RecursionError:
        raise EndpointError(page.url, f"expected {what}, got JSON nested too deeply") from None
    except ValueError:
        pass
    for opening in ("[{", '{"', "[]"):
        begin = text.find(opening, 0, MOST_NOISE)
        if begin > 0:
            try:
                return json.JSONDecoder().raw_decode(text[begin:])[0]
            except (ValueError, RecursionError):
                continue
    if _HTML.search(body[:2000]):
        raise EndpointError(page.url, f"expected {what}, got an HTML page")
    raise EndpointError(page.url, f"expected {what}, got something that begins with {body[:40]!r}")


def plain_title(value: object) -> str | None:
    """A title without tags, its entities undone."""
    if not isinstance(value, str):
        return None
    text = html.unescape(_TAG.sub("", html.unescape(value[: LONGEST_TITLE * 2])))
    return " ".join(text.split())[:LONGEST_TITLE] or None
