"""The kinds of trouble by which passes and pages fail: which of them pass by themselves, what to do.

The words are made where the trouble is (``sources.errors``, ``ingest.pipeline.verdict``).
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["advice_for_page", "advice_for_poll", "is_passing"]

#: What may be gone a moment later, of polls and of pages.
_PASSING = frozenset(
    {
        "connection",
        "unreachable",
        "timeout",
        "tls",
        "http_5xx",
        "http_408",
        "http_425",
        "http_429",
        "too_costly",
        "crashed",
        "proxy",
        "other",
        "fault",
        "error_page",
        "empty",
        "extractor_crashed",
    }
)

_WAIT = "wait: it is asked again by itself, less and less often"
_LOOK = "`copydesk sources check {name}` shows what each endpoint answers"
_POLLS: Mapping[str, str] = {
    "dns": "see whether the site has moved to another domain (`copydesk add` of its new address);"
    " where other sources fail so too, it is this machine's DNS: `copydesk doctor`",
    "connection": _WAIT + "; where other sources fail so too, look at this machine's network",
    "timeout": _WAIT + "; where it lasts, raise client.read_timeout or client.total_timeout",
    "tls": _WAIT + "; where it lasts, look at the site with a browser",
    "certificate": "the site's operators have to renew it, or this machine's clock or authorities are"
    " wrong: `copydesk doctor`; do not switch the check off",
    "http_401": "the endpoint asks to log in: give credentials in [fetch] headers, or another endpoint",
    "http_403": "the site refuses us: open it with a browser; set client.contact, raise fetch.delay,"
    " or ask its operators",
    "http_404": "the endpoint is gone: `copydesk add {home}` finds where articles are announced now",
    "http_410": "the endpoint is gone: `copydesk add {home}` finds where articles are announced now",
    "http_429": "we ask too much: raise fetch.delay, or poll less often ([schedule] every)",
    "http_5xx": _WAIT,
    "robots": "the site does not want to be read by us; talk to its operators, or `copydesk sources"
    " disable {name}`",
    "login_wall": "the endpoint asks to log in: give credentials in [fetch] headers, or another"
    " endpoint",
    "markup": _LOOK + "; `copydesk add {home}` finds where articles are announced now",
    "off_site": "what it announces lies on other hosts: name them in [links] hosts",
    "nothing_found": "write an [[endpoint]] into its source file",
    "redirects": "open the endpoint with a browser; it redirects without end",
    "proxy": "the proxy of the source file, fetch.proxy, is away or refuses",
    "no_browser": "`pip install 'copydesk[render]'` and a Chromium, or fetch.render = false",
    "address_refused": "allow_private = true in [fetch], where the site is within your own network",
    "too_large": "ask for a smaller document: another endpoint, or a larger client.max_body",
    "too_costly": "raise collect.most_cpu, or use another endpoint",
}
_EXPLAIN = "`copydesk status {name}` lists pages; `copydesk extract URL --explain` says what one is"
_AGAIN = "; once it is over, `copydesk retry {name} --refused` asks for them again"
_PAGES: Mapping[str, str] = {
    "login_wall": "the site asks to log in: give credentials in [fetch] headers, or switch it off"
    + _AGAIN,
    "cookie_wall": "the site asks for consent first: send its consent cookie by [fetch] headers"
    + _AGAIN,
    "paywall": "its articles are cut: give a subscriber's cookie in [fetch] headers, or bear it",
    "script_shell": "its pages are drawn by scripts: fetch.render = true" + _AGAIN,
    "robots": "robots.txt forbids its pages; talk to its operators, or disable the source",
    "http_401": "its pages ask to log in: give credentials in [fetch] headers",
    "http_403": "the site refuses us: open a page with a browser; set client.contact, raise"
    " fetch.delay" + _AGAIN,
    "http_404": "its endpoints announce pages that are not there: open one with a browser",
    "http_410": "its endpoints announce pages that are not there: open one with a browser",
    "http_429": "we ask too much: raise fetch.delay",
    "listing": "its endpoints announce lists: leave them out by [links] exclude, or accept them in"
    " [extract]",
    "off_site": "its links lead to other hosts: name those that are its own in [links] hosts",
    "not_html": "its links lead to files: leave them out by [links] exclude",
}


def is_passing(cause: str | None) -> bool:
    """Whether trouble of this kind may be over a moment later."""
    return cause in _PASSING or cause is None or (cause.startswith("http_5"))


def advice_for_poll(cause: str | None) -> str:
    """What to do where polls fail so; ``{name}`` and ``{home}`` stand for the source's."""
    return _POLLS.get(cause or "", _LOOK)


def advice_for_page(reason: str) -> str:
    """What to do where pages bring nothing for ``reason``; placeholders as above."""
    if reason in _PAGES:
        return _PAGES[reason]
    return _POLLS[reason] if is_passing(reason) and reason in _POLLS else _EXPLAIN + _AGAIN
