"""The posts of a Ghost site by its Content API.

https://ghost.org/docs/content-api/: read-only, with a key that the site itself gives to every
reader: it stands in the markup of its search and its portal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from sources.endpoints.announced_times import iso_time
from sources.endpoints.document import Following, Window
from sources.endpoints.json_answer import plain_title, read_json
from sources.errors import EndpointError, cause_of_status
from sources.link import Announced
from sources.page import Page
from sources.source import Endpoint

__all__ = ["first_ghost", "ghost_endpoint", "read_ghost"]

PER_PAGE = 100
MOST_PAGES = 20_000
FIELDS = "url,title,published_at,updated_at"
_SCRIPT = re.compile(r"<script\b[^>]{0,3000}\bdata-key=[^>]{0,3000}>", re.IGNORECASE)
_KEY = re.compile(r"""\bdata-key=["']?([0-9a-f]{20,40})\b""", re.IGNORECASE)
_API = re.compile(
    r"""\bdata-(?:api|ghost|sodo-search|announcement-bar)=["']?([^"'\s>]{1,300})""", re.IGNORECASE
)


def ghost_endpoint(html: str, home: str) -> str | None:
    """The address of a Ghost site's posts, with the key from its home page; ``None`` for no Ghost."""
    for script in _SCRIPT.findall(html[:500_000]):
        key, api = _KEY.search(script), _API.search(script)
        if key is None or ("ghost" not in script.lower() and "portal" not in script.lower()):
            continue
        named = str(api[1]) if api is not None else ""
        root = named if "ghost/api" in named else "/ghost/api/content/"
        posts: str = urljoin(urljoin(home, root.rstrip("/") + "/"), f"posts/?key={key[1]}")
        return posts
    return None


def first_ghost(url: str, window: Window | None) -> str:
    """The address of the newest posts, or of the newest of a time."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    query |= {
        "limit": query.get("limit", str(PER_PAGE)),
        "fields": FIELDS,
        "order": "published_at desc",
    }
    bounds = []
    if window is not None and window.since is not None:
        bounds.append(f"published_at:>='{window.since:%Y-%m-%d %H:%M:%S}'")
    if window is not None and window.until is not None:
        bounds.append(f"published_at:<'{window.until:%Y-%m-%d %H:%M:%S}'")
    if bounds:
        query["filter"] = "+".join(bounds)
    return urlunsplit(parts._replace(query=urlencode(query), fragment=""))


def read_ghost(
    page: Page, endpoint: Endpoint, window: Window | None
) -> Iterator[Announced | Following]:
    """The posts on one page of the API, and the next page where a time is asked for.

    Raises:
        EndpointError: no list of posts; the message says what the site answered.
    """
    value = read_json(page, "Ghost's list of posts")
    posts = value.get("posts") if isinstance(value, dict) else None
    if not isinstance(posts, list):
        raise EndpointError(
            page.url,
            f"expected Ghost's list of posts, {_answered(value)}",
            cause_of_status(page.status) if page.status >= 400 else None,
        )
    for post in posts:
        if isinstance(post, dict) and isinstance(post.get("url"), str):
            yield Announced(
                url=post["url"],
                title=plain_title(post.get("title")),
                published=_time(post.get("published_at")),
                modified=_time(post.get("updated_at")),
            )
    following = _next_page(value) if window is not None else None
    if following is not None:
        parts = urlsplit(page.url)
        query = dict(parse_qsl(parts.query)) | {"page": str(following)}
        yield Following(urlunsplit(parts._replace(query=urlencode(query))))


def _answered(value: object) -> str:
    errors = value.get("errors") if isinstance(value, dict) else None
    first = errors[0] if isinstance(errors, list) and errors else None
    said = plain_title(first.get("message")) if isinstance(first, dict) else None
    if said is None:
        return "got other JSON"
    return f"the site answered {said[:200]!r}; its key may have changed: it stands on its home page"


def _next_page(value: dict[str, Any]) -> int | None:
    meta = value.get("meta")
    pagination = meta.get("pagination") if isinstance(meta, dict) else None
    following = pagination.get("next") if isinstance(pagination, dict) else None
    return following if isinstance(following, int) and 1 < following <= MOST_PAGES else None


def _time(value: object) -> str | None:
    return iso_time(value) if isinstance(value, str) else None
