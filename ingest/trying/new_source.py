"""From one address to a source that works: its home, endpoints, title, language, and some articles.

    address ─ fetch ─▶ feed, sitemap or page ─▶ home ─▶ front page ─▶ platform, title
                                                          │
               articles ◀─ extract ◀─ links ◀─ tried ◀─ endpoints

Everything is asked through one client, politely, and nothing twice.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ingest.errors import ExtractionCrashed
from ingest.extract import Refusal
from ingest.extract.page.html_page import HtmlPage
from ingest.extract.page_context import PageContext
from ingest.pipeline.verdict import judge_status
from ingest.trying.article_trial import ArticleTrial, try_articles
from ingest.trying.endpoint_trial import (
    EndpointTrial,
    covered_by_platform,
    try_endpoint,
    worth_keeping,
)
from ingest.trying.folder_site import site_in_folder
from ingest.trying.given_page import can_be_parsed, first_entry, is_sitemap, page_of
from ingest.trying.remembered_pages import RememberedPages
from ingest.trying.site_identity import country_of, home_of, likeliest_language, site_title
from ingest.workers.documents import DocumentParsing
from ingest.workers.tasks import ExtractPage
from sources.address import address_key
from sources.endpoints import discover_endpoints
from sources.endpoints.feed import looks_like_feed
from sources.endpoints.feed_head import FeedHead, read_feed_head
from sources.endpoints.listing import ARTICLE_LINKS
from sources.errors import EndpointError, FetchError
from sources.hosting import same_site, site_of
from sources.platforms import apply_platform, detect_platform, platform_endpoints
from sources.source import Endpoint, FetchRules, LinkRules, Source

if TYPE_CHECKING:
    from ingest.workers.pool import ExtractionPool
    from sources.client import Client
    from sources.endpoints.parsing import Parsing
    from sources.page import Page
    from storage.article import Article

__all__ = ["Finding", "find_source"]

#: Links on a front page without which it is no list of articles.
LEAST_LISTED = 3

#: From title, home and language to the name of the source.
Naming = Callable[[str | None, str, str | None], str]


@dataclass(frozen=True, slots=True)
class Finding:
    """What looking a site over brought."""

    #: In its own words: the platform's preset is not applied.
    source: Source
    endpoints: tuple[EndpointTrial, ...]
    #: Addresses of those endpoints that the source has, by its file or by its platform.
    kept: frozenset[str]
    articles: tuple[ArticleTrial, ...]
    #: One line each, with what to do where something can be done.
    problems: tuple[str, ...]
    #: Whether an endpoint announces articles, and one of them could be read.
    usable: bool


async def find_source(
    address: str,
    client: Client,
    pool: ExtractionPool,
    *,
    name: Naming,
    articles: int = 5,
    allow_private: bool = False,
    say: Callable[[str], None] = lambda line: None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Finding:
    """The source of the site that ``address`` is of.

    Args:
        address: of a front page, a section, an article, a feed or a sitemap.
        client: fetches everything.
        pool: extracts the articles.
        name: names the source.
        articles: how many are fetched and extracted, the newest first.
        allow_private: whether the site may lie in a private network.
        say: is told what is being done.
        now: the time of day.

    Raises:
        FetchError: ``address`` cannot be fetched.
        EndpointError: what it answers leads nowhere.
    """
    rules = FetchRules(allow_private=allow_private)
    search = _Search(RememberedPages(client), pool, rules, name, articles, say, now)
    return await search.run(address)


@dataclass(slots=True)
class _Search:
    client: RememberedPages
    pool: ExtractionPool
    rules: FetchRules
    name: Naming
    articles: int
    say: Callable[[str], None]
    now: Callable[[], datetime]
    problems: list[str] = field(default_factory=list)
    heads: list[FeedHead] = field(default_factory=list)

    async def run(self, address: str) -> Finding:
        self.say(f"asking {address} …")
        given = await self._answer(address)
        endpoint = await self._endpoint_of(given)
        story = await self._story(given) if endpoint is None else None
        home = home_of(given, endpoint, self.heads, story, await self._first_entry(given, endpoint))
        front = await self._front_page(home, given, endpoint)
        folder = await self._folder(given, endpoint, front, is_story=story is not None)
        if folder is not None:
            home, front = folder, await self._front_page(folder, given, endpoint)
        if front is not None and folder is not None:
            self.client.remember(front, "page", home)
        elif front is not None:
            home = site_of(front.url).root
            self.client.remember(front, "page", home)
        elif endpoint is not None and not (
            site_of(given.url).relayed or same_site(given.url, home)
        ):
            # A feed's word for its site that leads nowhere: the feed itself is at least there.
            home = site_of(given.url).root
        shown = await self._parsed(front)
        page = await self._parsed(given) if endpoint is None and given is not front else None
        platform = detect_platform((shown or page or _EMPTY).text)
        found = await self._endpoints(home, platform, given, endpoint, front)
        title = site_title(home, shown, self.heads, [page] if page else ())
        hint = likeliest_language((), shown or page, self.heads)
        source = Source(
            name=self.name(title, home, hint),
            home=home,
            title=title or (urlsplit(home).hostname or "").removeprefix("www."),
            platform=platform,
            endpoints=tuple(found),
            fetch=self.rules,
            shipped=False,
        )
        listing = home if story is not None or endpoint is not None else given.url
        source, trials, kept = await self._choose(source, listing)
        read = await try_articles(
            apply_platform(source),
            [link for trial in kept for link in trial.links],
            self.client,
            self.pool,
            most=self.articles,
            first=given.url if story is not None else None,
            say=self.say,
        )
        self.problems += [trial.problem for trial in read if trial.problem]
        extracted = [trial.article for trial in read if trial.article is not None]
        source = replace(
            source,
            language=likeliest_language(
                (article.language for article in extracted), shown or page, self.heads
            ),
            country=country_of(home, shown or page),
        )
        usable = bool(kept) and (bool(extracted) or self.articles == 0)
        polled = [each for each in source.endpoints if not each.archive]
        if covered_by_platform(platform, home, polled, found):
            source = replace(source, endpoints=())
        urls = {endpoint.url for endpoint in apply_platform(source).endpoints}
        return Finding(
            source, tuple(trials), frozenset(urls), tuple(read), tuple(self.problems), usable
        )

    # The address itself

    async def _answer(self, url: str) -> Page:
        page = await self.client.fetch(url, rules=self.rules)
        failure = judge_status(page)
        if failure is not None:
            raise EndpointError(url, failure.detail)
        if _key(page.url) is None:
            raise EndpointError(url, "redirects to something that is no plain address")
        return page

    async def _endpoint_of(self, page: Page) -> Endpoint | None:
        """The endpoint that ``page`` is, where it is no HTML page.

        Raises:
            EndpointError: it is neither.
        """
        if looks_like_feed(page.body):
            self.client.remember(page, "feed")
            self.heads.append(await self._parse(page.url, read_feed_head, page.body))
            return Endpoint("feed", page.url)
        media = page.content_type
        text = page.body[:4096].replace(b"\x00", b"").lower()
        if media in ("text/html", "application/xhtml+xml") or b"<html" in text:
            return None
        if not await self._parse(page.url, is_sitemap, page):
            raise EndpointError(
                page.url, f"expected a page, a feed or a sitemap, got {media or 'something else'}"
            )
        self.client.remember(page, "sitemap")
        news = "news" in urlsplit(page.url).path.lower()
        return Endpoint("sitemap", page.url, archive=not news)

    async def _story(self, page: Page) -> Article | None:
        """The article on the page that was given, where it is one."""
        try:
            found = await self.pool.submit(ExtractPage(page.body, PageContext.of(page)))
        except ExtractionCrashed:
            return None
        return None if isinstance(found, Refusal) else found

    async def _front_page(self, home: str, given: Page, endpoint: Endpoint | None) -> Page | None:
        if endpoint is None and address_key(given.url) == address_key(home):
            return given
        self.say(f"asking for the front page {home} …")
        try:
            front = await self._answer(home)
        except (EndpointError, FetchError) as error:
            self.problems.append(f"the front page cannot be read: {error}")
            return None
        # To another house: a consent page, an owner's portal. The site is what was asked for.
        return front if same_site(front.url, home) else None

    async def _folder(
        self, given: Page, endpoint: Endpoint | None, front: Page | None, *, is_story: bool
    ) -> str | None:
        """The home of a site that lies in a folder of its host."""
        shown = await self._parsed(front)
        root = (front, shown) if front is not None and shown is not None else None
        if front is given:
            return None
        try:
            return await site_in_folder(
                given,
                endpoint,
                self.heads,
                root,
                self.client,
                self.rules,
                self._parse,
                is_story=is_story,
            )
        except EndpointError as error:
            self.problems.append(str(error))
            return None

    # Its endpoints

    async def _endpoints(
        self,
        home: str,
        platform: str | None,
        given: Page,
        endpoint: Endpoint | None,
        front: Page | None,
    ) -> list[Endpoint]:
        found = [endpoint] if endpoint is not None else []
        starts = [home] if front is not None else []
        if endpoint is None and given is not front:
            # A section, or an article: what its own page announces counts, too.
            starts.append(given.url)
        missing: list[str] = []
        for start in starts:
            self.say(f"looking for endpoints: {start} …")
            try:
                found += await discover_endpoints(
                    start,
                    self.client,
                    self.rules,
                    candidates=platform_endpoints(platform, home),
                    parse=self._parse,
                )
            except (EndpointError, FetchError) as error:
                missing.append(str(error))
        if not found:
            self.problems += missing[:1]
        unique: dict[tuple[str, str], Endpoint] = {}
        for each in found:
            if (key := _key(each.url)) is not None:
                unique.setdefault((each.kind, key), each)
        for each in unique.values():
            if each.kind == "feed" and each is not endpoint:
                with contextlib.suppress(FetchError, EndpointError):
                    page = await self.client.fetch(each.url, rules=self.rules, accept="feed")
                    self.heads.append(await self._parse(page.url, read_feed_head, page.body))
        return sorted(unique.values(), key=lambda each: each.archive)

    async def _choose(
        self, source: Source, listing: str
    ) -> tuple[Source, list[EndpointTrial], list[EndpointTrial]]:
        """The source with the endpoints worth having, every endpoint tried, and those to poll."""
        trials = [await self._try(endpoint, source) for endpoint in source.endpoints]
        kept = worth_keeping(trials)
        if not kept and source.platform and apply_platform(source).links.include:
            # A site of the platform whose articles lie elsewhere than usual there.
            anywhere = replace(source, links=LinkRules(include=("*",)))
            again = [await self._try(endpoint, anywhere) for endpoint in source.endpoints]
            if kept := worth_keeping(again):
                source, trials = anywhere, again
        self.problems += [
            trial.problem for trial in trials if trial.problem and not trial.endpoint.archive
        ]
        archives = [t for t in trials if t.endpoint.archive and (t.links or t.documents)]
        if not kept and archives:
            # What lists everything lists the new, too.
            trials = [trial for trial in trials if trial not in archives]
            for trial in archives:
                trials.append(await self._try(replace(trial.endpoint, archive=False), source))
            kept, archives = worth_keeping(trials), []
            if kept and any(trial.endpoint.kind == "feed" for trial in trials):
                self.problems.append(f"polled instead: {', '.join(t.endpoint.url for t in kept)}")
        if not kept:
            self.say(f"looking for a list of articles on {listing} …")
            trial = await self._try(Endpoint("listing", listing, ARTICLE_LINKS), source)
            if len(trial.links) >= LEAST_LISTED:
                trials.append(trial)
                kept = [trial]
                self.problems.append(
                    f"no feed or sitemap of use: {listing} is read as a list of articles; a closer "
                    "selector of its links makes it surer"
                )
        endpoints = tuple(trial.endpoint for trial in (*kept, *archives))
        return replace(source, endpoints=endpoints), trials, kept

    async def _try(self, endpoint: Endpoint, source: Source) -> EndpointTrial:
        self.say(f"reading the {endpoint.kind} {endpoint.url} …")
        # The source's rules decide which links count: with the platform's, as a poll has them.
        return await try_endpoint(
            endpoint, apply_platform(source), self.client, now=self.now(), parse=self._parse
        )

    # What a site sent, parsed where it can be ended

    @property
    def _parse(self) -> Parsing:
        return DocumentParsing(self.pool)

    async def _first_entry(self, page: Page, endpoint: Endpoint | None) -> str | None:
        """The first address of a feed that comes by another house, whose own word counts less."""
        if endpoint is None or endpoint.kind != "feed" or not site_of(page.url).relayed:
            return None
        return await self._parse(page.url, first_entry, page)

    async def _parsed(self, page: Page | None) -> HtmlPage | None:
        """The page for looking at; ``None`` also where that would take more than it may."""
        if page is None:
            return None
        try:
            # A tree cannot be sent: where it can be made is tried out first.
            good = await self._parse(page.url, can_be_parsed, page)
        except EndpointError as error:
            self.problems.append(str(error))
            return None
        return page_of(page) if good else None


_EMPTY = HtmlPage.parse("")


def _key(url: str) -> str | None:
    try:
        return address_key(url)
    except ValueError:
        return None
