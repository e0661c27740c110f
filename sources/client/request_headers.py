"""What a request says beside its address."""

from __future__ import annotations

import importlib.metadata

from sources.client.answer.decoding import ACCEPTED
from sources.client.robots import PRODUCT
from sources.client.web_address import WebAddress
from sources.page import Validators
from sources.source import FetchRules

__all__ = ["ACCEPT", "request_headers", "user_agent"]

ACCEPT = {
    "page": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.5",
    "feed": (
        "application/rss+xml,application/atom+xml,application/feed+json,"
        "application/xml;q=0.9,text/xml;q=0.9,*/*;q=0.5"
    ),
    "sitemap": "application/xml,text/xml;q=0.9,text/plain;q=0.8,*/*;q=0.5",
    "json": "application/json,*/*;q=0.5",
}
#: What asks, where the operator has not said who.
PURPOSE = "news ingestion"
#: Headers that are the client's own business.
_OURS = frozenset(
    [
        "host",
        "connection",
        "content-length",
        "transfer-encoding",
        "te",
        "upgrade",
        "accept-encoding",
    ]
)
#: Headers of a source file that may follow a redirect to another host; a key or a log-in may not.
_HARMLESS = frozenset(
    [
        "accept",
        "accept-language",
        "cache-control",
        "dnt",
        "pragma",
        "referer",
        "upgrade-insecure-requests",
    ]
)


def user_agent(given: str | None, contact: str | None) -> str:
    """The User-Agent: ``given``, or one that says what this is; with the operator's ``contact``."""
    if given is None:
        try:
            version = importlib.metadata.version("copydesk")
        except importlib.metadata.PackageNotFoundError:
            version = "0"
        given = f"{PRODUCT}/{version} ({PURPOSE})"
    if contact and contact not in given:
        given = f"{given[:-1]}; {contact})" if given.endswith(")") else f"{given} ({contact})"
    return given


def request_headers(
    address: WebAddress,
    *,
    asked: WebAddress,
    agent: str,
    accept: str,
    rules: FetchRules,
    validators: Validators | None,
    cookies: str,
) -> list[tuple[str, str]]:
    """Names (lower case) and values for a request to ``address``, to which ``asked`` has led."""
    headers = {"user-agent": agent, "accept": accept, "accept-encoding": ACCEPTED}
    home = address.host == asked.host and (address.scheme, asked.scheme) != ("http", "https")
    for name, value in rules.headers:
        lower = name.strip().lower()
        if lower not in _OURS and (home or lower in _HARMLESS or lower.startswith("sec-")):
            headers[lower] = value
    if rules.user_agent:
        headers["user-agent"] = rules.user_agent
    if cookies:
        own = headers.get("cookie")
        headers["cookie"] = f"{own}; {cookies}" if own else cookies
    if validators is not None:
        if validators.etag:
            headers["if-none-match"] = validators.etag
        if validators.last_modified:
            headers["if-modified-since"] = validators.last_modified
    return [(name, clean) for name, value in headers.items() if (clean := _one_line(value))]


def _one_line(value: str) -> str:
    """``value`` as a header may carry it; empty where it cannot."""
    value = value.strip()
    # A validator comes from a server and is sent back as it was: no line may be smuggled in.
    if len(value) > 8000 or not value.isprintable() or not value.isascii():
        return ""
    return value
