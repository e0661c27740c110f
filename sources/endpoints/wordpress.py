"""The posts of a WordPress site by its REST API.

https://developer.wordpress.org/rest-api/reference/posts/ and .../using-the-rest-api/pagination/: at most
100 posts a page, the number of pages in ``X-WP-TotalPages``. The body is not asked for: it would
make a page of 100 posts megabytes, and the articles' own pages are fetched anyway.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from sources.endpoints.announced_times import iso_time
from sources.endpoints.document import Following, Window
from sources.endpoints.json_answer import plain_title, read_json
from sources.errors import EndpointError, cause_of_status
from sources.link import Announced
from sources.page import Page
from sources.source import Endpoint

__all__ = ["first_wordpress", "read_wordpress"]

PER_PAGE = 100
#: No site has more posts than this many pages hold.
MOST_PAGES = 20_000
FIELDS = "link,date,date_gmt,modified,modified_gmt,title,status,lang"
#: ``after`` and ``before`` are compared with the site's local time, which may be a day apart.
_SLACK = timedelta(days=1)
_REMEDIES = {
    "rest_no_route": "the site's API has no posts; look for its sitemap instead",
    "rest_forbidden": "the site does not open its API; use its sitemap or feed instead",
    "rest_disabled": "the site has switched its API off; use its sitemap or feed instead",
    "rest_not_logged_in": "the site opens its API to its own people only; use its sitemap instead",
}
#: A page beyond the last one: the end, not an error.
_BEYOND = "rest_post_invalid_page_number"


def first_wordpress(url: str, window: Window | None) -> str:
    """The address of the newest posts, or of the newest of a time."""
    parts = urlsplit(url)
    # Without pretty permalinks the route itself is a parameter: /?rest_route=/wp/v2/posts
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    query |= {
        "per_page": query.get("per_page", str(PER_PAGE)),
        "orderby": "date",
        "order": "desc",
        "_fields": FIELDS,
    }
    if window is not None and window.since is not None:
        query["after"] = f"{window.since - _SLACK:%Y-%m-%dT%H:%M:%S}"
    if window is not None and window.until is not None:
        query["before"] = f"{window.until + _SLACK:%Y-%m-%dT%H:%M:%S}"
    return urlunsplit(parts._replace(query=urlencode(query, safe="/,:"), fragment=""))


def read_wordpress(
    page: Page, endpoint: Endpoint, window: Window | None
) -> Iterator[Announced | Following]:
    """The posts on one page of the API, and the further pages where a time is asked for.

    Raises:
        EndpointError: no list of posts; the message says what the site answered.
    """
    value = read_json(page, "a list of WordPress posts")
    if isinstance(value, dict):
        code = str(value.get("code") or "")
        if code == _BEYOND:
            return
        said = plain_title(value.get("message")) or code or "an object"
        remedy = next((text for known, text in _REMEDIES.items() if known in code), "")
        detail = f"the site answered {said[:200]!r}" + (f"; {remedy}" if remedy else "")
        raise EndpointError(
            page.url,
            f"expected a list of WordPress posts, {detail}",
            cause_of_status(page.status) if page.status >= 400 else None,
        )
    if not isinstance(value, list):
        raise EndpointError(page.url, "expected a list of WordPress posts, got other JSON")
    posts = [post for post in value if isinstance(post, dict)]
    for post in posts:
        announced = _announced(post)
        if announced is not None:
            yield announced
    if window is not None:
        yield from _further(page, len(posts))


def _announced(post: dict[str, Any]) -> Announced | None:
    link = post.get("link")
    if not isinstance(link, str) or post.get("status", "publish") != "publish":
        return None
    title = post.get("title")
    language = post.get("lang")
    return Announced(
        url=link,
        title=plain_title(title.get("rendered") if isinstance(title, dict) else title),
        published=_utc(post.get("date_gmt")) or _local(post.get("date")),
        modified=_utc(post.get("modified_gmt")) or _local(post.get("modified")),
        language=language[:2].lower() if isinstance(language, str) and language else None,
    )


def _utc(value: object) -> str | None:
    # Drafts and old imports have the zero date, which is no time.
    if not isinstance(value, str) or not value or value.startswith("0000"):
        return None
    return iso_time(value if value.endswith("Z") else f"{value}Z")


def _local(value: object) -> str | None:
    return iso_time(value) if isinstance(value, str) and not value.startswith("0000") else None


def _further(page: Page, posts: int) -> Iterator[Following]:
    parts = urlsplit(page.url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    number = int(query["page"]) if query.get("page", "").isdigit() else 1
    said = page.headers.get("x-wp-totalpages", "").strip()
    if said.isascii() and said.isdigit():
        # All at once from the first page: a page that fails then costs itself alone.
        last = min(int(said), MOST_PAGES) if number == 1 else number
    else:
        per_page = query.get("per_page", "")
        full = int(per_page) if per_page.isdigit() else PER_PAGE
        last = number + 1 if posts >= full and number < MOST_PAGES else number
    for following in range(number + 1, last + 1):
        query["page"] = str(following)
        yield Following(urlunsplit(parts._replace(query=urlencode(query, safe="/,:"))))
