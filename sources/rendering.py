"""Pages drawn by scripts: a real browser runs them, and every byte still comes through the client.

Only for sources that ask for it (``render = true``); needs the extra ``render`` (Playwright) and a
Chromium that is installed. The browser opens no connection of its own: each of its requests is
answered with what ``Client.fetch`` brings, so that the address guard, robots.txt, caps, proxy and
time limits hold for scripts as they do for pages, and anything that slips by finds no name resolved.
Pictures, fonts, films and requests other than GET are not answered at all.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sources.errors import FetchError
from sources.fetcher import Fetcher
from sources.page import Page, Validators
from sources.source import FetchRules

if TYPE_CHECKING:
    from playwright.async_api import Browser, Route

__all__ = ["NoBrowser", "Renderer"]

#: Names under which Chromium is installed; ``COPYDESK_CHROMIUM`` names another file.
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
#: Seconds for a page's scripts, and without a request after which they count as done.
LONGEST, QUIET = 20.0, 0.5
#: Requests of one page, and bytes of its scripts that are kept for the next one.
MOST_REQUESTS = 200
KEPT_BYTES = 64 * 1024 * 1024
#: Characters of the drawn page.
LARGEST = 20 * 1024 * 1024
_ANSWERED = frozenset({"document", "script", "stylesheet", "xhr", "fetch"})
_KEPT = frozenset({"script", "stylesheet"})
_FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Whatever is not answered below must not reach a network.
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
)


class NoBrowser(FetchError):
    """A source asks for a browser, and there is none."""

    code = cause = "no_browser"


@dataclass(frozen=True, slots=True)
class _Kept:
    status: int
    headers: dict[str, str]
    body: bytes


class Renderer:
    """Draws pages in one browser, one page at a time in a context of its own."""

    def __init__(self, client: Fetcher) -> None:
        self._client = client
        self._turn = asyncio.Semaphore(2)
        self._starting = asyncio.Lock()
        self._playwright: Any = None
        self._browser: Browser | None = None
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._weight = 0

    async def aclose(self) -> None:
        """End the browser."""
        if self._browser is not None:
            with contextlib.suppress(Exception):
                await self._browser.close()
            self._browser = None
        if self._playwright is not None:
            await self._playwright.stop()
            self._playwright = None

    async def fetch(
        self,
        url: str,
        *,
        rules: FetchRules,
        validators: Validators | None = None,
        client: Fetcher | None = None,
    ) -> Page:
        """The page at ``url`` with its scripts run; what is no HTML page comes as it is.

        ``client``: asks for it and for what its scripts need, where it is not the usual one.

        Raises:
            NoBrowser: Playwright or Chromium is missing.
            FetchError: no page came.
        """
        client = client or self._client
        page = await client.fetch(url, rules=rules, validators=validators)
        if page.status != 200 or page.content_type not in (
            "",
            "text/html",
            "application/xhtml+xml",
        ):
            return page
        async with self._turn:
            drawn = await self._draw(page, rules, client)
        body = drawn[:LARGEST].encode("utf-8", "replace")
        headers = {**page.headers, "content-type": "text/html; charset=utf-8"}
        # Validators of the shell say nothing of what its scripts fetch.
        return replace(page, body=body, headers=headers, validators=Validators())

    async def _draw(self, page: Page, rules: FetchRules, client: Fetcher) -> str:
        browser = await self._started(page.url)
        context = await browser.new_context(
            service_workers="block", java_script_enabled=True, accept_downloads=False
        )
        # Scripts are part of the page: they keep to the host's concurrency, not to its gap.
        answers = _Answers(self, client, page, replace(rules, delay=0.0))
        try:
            tab = await context.new_page()
            tab.set_default_timeout(LONGEST * 1000)
            await tab.route("**/*", answers.answer)
            await tab.route_web_socket("**/*", lambda socket: socket.close())
            with contextlib.suppress(asyncio.TimeoutError):
                async with asyncio.timeout(LONGEST):
                    await tab.goto(page.url, wait_until="domcontentloaded")
                    await answers.quiet()
            return await tab.content()
        except FetchError:
            raise
        except Exception as error:
            reason = (
                str(error).strip().splitlines()[0][:200] if str(error) else type(error).__name__
            )
            raise NoBrowser(page.url, f"the browser could not draw the page: {reason}") from None
        finally:
            with contextlib.suppress(Exception):
                await context.close()

    async def _started(self, url: str) -> Browser:
        async with self._starting:
            if self._browser is not None and self._browser.is_connected():
                return self._browser
            try:
                from playwright.async_api import Error, async_playwright
            except ImportError:
                raise NoBrowser(
                    url,
                    "the source asks for render = true, which needs the extra:"
                    " pip install 'copydesk[render]'",
                ) from None
            named = os.environ.get("COPYDESK_CHROMIUM")
            path = named or next(
                (found for name in BROWSERS if (found := shutil.which(name))), None
            )
            if self._playwright is None:
                self._playwright = await async_playwright().start()
            root = hasattr(os, "geteuid") and os.geteuid() == 0
            try:
                self._browser = await self._playwright.chromium.launch(
                    executable_path=path,
                    headless=True,
                    args=[*_FLAGS, *(["--no-sandbox"] if root else [])],
                )
            except Error as error:
                said = str(error).strip().splitlines()[0][:200]
                raise NoBrowser(
                    url,
                    f"no Chromium starts ({said}); install it, or name its file in COPYDESK_CHROMIUM",
                ) from None
            assert self._browser is not None
            return self._browser

    def kept(self, url: str) -> _Kept | None:
        """A script of an earlier page."""
        found = self._kept.get(url)
        if found is not None:
            self._kept.move_to_end(url)
        return found

    def keep(self, url: str, answer: _Kept) -> None:
        """Keep a script for the pages to come."""
        self._kept[url] = answer
        self._weight += len(answer.body)
        while self._weight > KEPT_BYTES:
            _, dropped = self._kept.popitem(last=False)
            self._weight -= len(dropped.body)


class _Answers:
    """What the requests of one page are answered with."""

    def __init__(self, renderer: Renderer, client: Fetcher, page: Page, rules: FetchRules) -> None:
        self._renderer = renderer
        self._client = client
        self._page = page
        self._rules = rules
        self._asked = 0
        self._waiting = 0
        self._changed = asyncio.Event()

    async def quiet(self) -> None:
        """Wait until nothing has been asked for a while."""
        while True:
            self._changed.clear()
            try:
                async with asyncio.timeout(QUIET):
                    await self._changed.wait()
            except TimeoutError:
                if not self._waiting:
                    return

    async def answer(self, route: Route) -> None:
        """Answer one request of the browser."""
        request = route.request
        self._changed.set()
        self._waiting += 1
        # A tab that closes while a request is under way makes its answer an error.
        try:
            with contextlib.suppress(Exception):
                await self._answer(route, request.url, request.resource_type, request.method)
        finally:
            self._waiting -= 1
            self._changed.set()

    async def _answer(self, route: Route, url: str, kind: str, method: str) -> None:
        if url == self._page.url and kind == "document":
            headers = {"content-type": self._page.headers.get("content-type", "text/html")}
            await route.fulfill(status=200, headers=headers, body=self._page.body)
            return
        self._asked += 1
        if method != "GET" or kind not in _ANSWERED or self._asked > MOST_REQUESTS:
            await route.abort()
            return
        kept = self._renderer.kept(url) if kind in _KEPT else None
        if kept is None:
            try:
                page = await self._client.fetch(url, rules=self._rules, accept="any")
            except FetchError:
                await route.abort()
                return
            headers = {
                name: value
                for name, value in page.headers.items()
                if name in ("content-type", "access-control-allow-origin")
            }
            kept = _Kept(page.status, headers, page.body)
            if kind in _KEPT and page.status == 200:
                self._renderer.keep(url, kept)
        await route.fulfill(status=kept.status, headers=kept.headers, body=kept.body)
