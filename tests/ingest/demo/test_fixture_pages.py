"""The fixture web agrees with itself: pages, announcements and truth."""

import asyncio
import json
import re
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from selectolax.lexbor import LexborHTMLParser

from ingest.demo.site_server import Answer, Site, SiteServer
from ingest.demo.sites import load_site, load_sites, sites_folder
from ingest.demo.sources import demo_sources, demo_sources_folder, expected_articles
from ingest.demo.truth import SiteTruth, TrueArticle, load_truth
from ingest.errors import InputError
from sources.address import address_key
from sources.client import Client, ClientSettings, decode_page
from sources.endpoints import discover_endpoints, read_endpoint
from sources.endpoints.addresses.article_address import kind_of_address
from sources.errors import FetchError
from sources.source import Source

SITES = {site.host: site for site in load_sites()}
TRUTH = {truth.host: truth for truth in load_truth()}
SOURCES = {urlsplit(source.home).hostname: source for source in demo_sources()}
ARTICLES = [article for truth in TRUTH.values() for article in truth.articles]
TODAY = datetime(2026, 11, 23, tzinfo=UTC)

each_host = pytest.mark.parametrize("host", SITES)
each_article = pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.url)


def answer_at(url: str) -> Answer:
    parts = urlsplit(urldefrag(url).url)
    answers = SITES[parts.hostname or ""].answers
    path = parts.path or "/"
    found = answers.get(f"{path}?{parts.query}") or answers.get(path) or answers["*"]
    assert isinstance(found, Answer)
    return found


def page_at(url: str) -> tuple[str, Answer]:
    """The answer that ``url`` leads to, redirects followed, and its address."""
    for _ in range(3):
        answer = answer_at(url)
        location = dict(answer.headers).get("Location")
        if location is None:
            return url, answer
        url = urljoin(url, location)
    raise AssertionError(f"{url}: too many redirects")


def squeezed(text: str) -> str:
    return " ".join(text.split())


def page_text(answer: Answer) -> str:
    text, _ = decode_page(answer.body, answer.content_type)
    page = LexborHTMLParser(text)
    page.strip_tags(["script", "style", "head"])
    assert page.body is not None
    return squeezed(page.body.text(separator=""))


def test_there_are_enough_articles_at_seven_papers() -> None:
    assert len(SITES) >= 7
    assert set(SITES) == set(TRUTH) == set(SOURCES)
    assert all(4 <= len(truth.articles) <= 8 for truth in TRUTH.values())
    assert len(ARTICLES) >= 35
    assert {article.language for article in ARTICLES} >= {"en", "de", "ar", "ja"}


def test_every_host_is_under_a_name_that_nobody_can_register() -> None:
    assert all(host.endswith(".example") for host in SITES)


def test_the_fixtures_stay_small() -> None:
    assert sum(p.stat().st_size for p in sites_folder().rglob("*") if p.is_file()) < 2_000_000


def test_every_file_is_served() -> None:
    for host in SITES:
        folder = sites_folder() / host
        named = set(re.findall(r'^file = "(.*)"$', (folder / "site.toml").read_text(), re.M))
        assert named == {f"pages/{path.name}" for path in (folder / "pages").iterdir()}


@each_article
def test_every_true_paragraph_stands_on_its_page(article: TrueArticle) -> None:
    for url in (article.url, *article.other_addresses):
        _, answer = page_at(url)
        assert answer.status == 200
        text = page_text(answer)
        assert article.title in text
        position = 0
        for paragraph in article.paragraphs:
            position = text.index(squeezed(paragraph), position) + 1
        if article.standfirst:
            assert article.standfirst in text or url != article.url
        for author in article.authors:
            assert author in text or url != article.url


@each_article
def test_every_credit_and_date_stands_on_its_page(article: TrueArticle) -> None:
    text, _ = decode_page(answer_at(article.url).body, answer_at(article.url).content_type)
    marks = {
        "Agence France-Presse": "AFP",
        "Associated Press": "AP",
        "Deutsche Presse-Agentur": "dpa",
        "Kyodo News": "共同",
        "Reuters": "رويترز" if article.language == "ar" else "Reuters",
    }
    for credit in article.credits:
        assert marks.get(credit.name, credit.name) in unescape(text)
    assert article.published is not None
    day = datetime.fromisoformat(article.published)
    assert datetime(2026, 10, 1, tzinfo=UTC) < day.replace(tzinfo=day.tzinfo or UTC) < TODAY
    if len(article.published) > 10:
        # pages spell the zone and the fraction of a second as their platform does
        assert article.published[:19] in text
    else:
        assert f"{day:%-d %B %Y}" in text


def test_articles_have_several_paragraphs_and_addresses_of_their_own() -> None:
    assert all(len(article.paragraphs) >= 4 for article in ARTICLES)
    keys = [address_key(article.url) for article in ARTICLES]
    assert len(set(keys)) == len(keys)
    titles = expected_articles()
    assert len(set(titles)) == len(titles) == len(ARTICLES)


def test_the_same_text_at_two_papers_is_the_same_word_by_word() -> None:
    by_url = {article.url: article for article in ARTICLES}
    shared = [article for article in ARTICLES if article.same_text]
    assert len(shared) >= 6
    for article in shared:
        for url in article.same_text:
            assert by_url[url].paragraphs == article.paragraphs
            assert article.url in by_url[url].same_text
            assert by_url[url].title != article.title


@each_host
def test_each_paper_prints_no_text_twice(host: str) -> None:
    texts = [article.paragraphs for article in TRUTH[host].articles]
    assert len(set(texts)) == len(texts)


@each_host
def test_structured_data_is_valid_json(host: str) -> None:
    for path, answer in SITES[host].answers.items():
        assert isinstance(answer, Answer)
        if "html" in (answer.content_type or ""):
            text, _ = decode_page(answer.body, answer.content_type)
            for node in LexborHTMLParser(text).css('script[type="application/ld+json"]'):
                assert json.loads(node.text()), path


async def announced(source: Source, server: SiteServer) -> dict[str, int]:
    """Every address that the source's endpoints announce, and what asking for it brings."""
    settings = ClientSettings(connect_to=server.connect_to, retries=0)
    found: dict[str, int] = {}
    async with Client(settings) as client:
        endpoints = source.endpoints or await discover_endpoints(source.home, client, source.fetch)
        for endpoint in endpoints:
            async for document in read_endpoint(
                endpoint, source, client, lambda url: None, now=TODAY
            ):
                for link in document.links:
                    found[link.url] = 0
                assert document.error is None
        for url in found:
            try:
                found[url] = (await client.fetch(url, rules=source.fetch)).status
            except FetchError:
                found[url] = -1
    return found


def statuses_expected(truth: SiteTruth) -> dict[str, int]:
    no_page = {"robots", "redirects", "address_refused"}
    expected = {
        url: 200 for article in truth.articles for url in (article.url, *article.other_addresses)
    }
    for refused in truth.refused:
        status = refused.reason.removeprefix("http_")
        expected[refused.url] = (
            int(status) if status.isdigit() else -1 if refused.reason in no_page else 200
        )
    return expected


@each_host
def test_endpoints_announce_all_that_is_true_and_nothing_else(host: str) -> None:
    with SiteServer([SITES[host]]) as server:
        found = asyncio.run(announced(SOURCES[host], server))
    expected = statuses_expected(TRUTH[host])
    assert found.items() <= expected.items()
    # Variants of one address count as one link; the front page, whatever it is called, as none. What
    # its address says to be a section may be left out, where no feed names it.
    home = SOURCES[host].home
    open_ones = {address_key(url) for url in expected if kind_of_address(url, home) == "section"}
    keys = {address_key(url) for url in expected} - {address_key(home)}
    assert {address_key(url) for url in found} - open_ones == keys - open_ones


def test_reasons_of_refusal_cover_the_ways_in_which_a_page_is_none() -> None:
    reasons = {refused.reason for truth in TRUTH.values() for refused in truth.refused}
    assert reasons >= {
        "error_page",
        "front_page",
        "listing",
        "cookie_wall",
        "login_wall",
        "script_shell",
        "empty",
        "not_html",
        "http_403",
        "http_404",
        "http_410",
        "http_500",
        "robots",
        "redirects",
        "address_refused",
    }


def test_every_source_file_is_named_after_its_source() -> None:
    assert {path.stem for path in demo_sources_folder().glob("*.toml")} == {
        source.name for source in SOURCES.values()
    }


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("host = ", "Invalid value"),
        ('host = "a.example"', "page: missing"),
        ('host = "a.example"\n[[page]]\nstatus = 404', "path: missing"),
        ('host = "a.example"\n[[page]]\npath = "/"\nfile = "no.html"', "no.html"),
    ],
)
def test_a_broken_site_file_is_named(tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / "site.toml").write_text(text)
    with pytest.raises(InputError, match=complaint) as caught:
        load_site(tmp_path)
    assert "site.toml" in str(caught.value)


def test_a_site_is_read_with_its_rules(tmp_path: Path) -> None:
    folder = tmp_path / "a.example"
    folder.mkdir()
    (folder / "a.html").write_bytes(b"page")
    (folder / "site.toml").write_text(
        'host = "a.example"\n[[page]]\npath = "/"\nfile = "a.html"\nstatus = 403\ndelay = 0.5\n'
        'headers = { "Retry-After" = "9" }\ntype = ""\nmodified = 2026-11-20T08:00:00Z\n'
        '[[page]]\npath = "/b"\nlocation = "/"\n'
    )
    assert load_site(folder) == Site(
        "a.example",
        {
            "/": Answer(
                b"page",
                403,
                None,
                (("Retry-After", "9"),),
                datetime(2026, 11, 20, 8, tzinfo=UTC),
                0.5,
            ),
            "/b": Answer(b"", 301, None, (("Location", "/"),)),
        },
    )
    assert [site.host for site in load_sites(tmp_path)] == ["a.example"]
    with pytest.raises(InputError, match=r"no folder with a site\.toml"):
        load_sites(tmp_path / "nowhere")
