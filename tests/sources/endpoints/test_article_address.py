"""What an address says of the page behind it."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.endpoints.addresses.article_address import address_shape, is_trap, kind_of_address
from sources.endpoints.document import NO_ARTICLE

HOME = "https://paper.example/"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/2026/11/20/the-bridge-is-mended-at-last", "article"),
        ("/politik/bruecke-nach-jahren-wieder-offen-4412733.html", "article"),
        ("/news/article409956720", "article"),
        ("/story/8f14e45fceea167a5a36dedd4bea2543", "article"),
        ("/a/12", "unknown"),
        ("/p/123", "unknown"),
        ("/harbour", "unknown"),
        ("/author/anna/2026/11/20/the-bridge-is-mended-at-last", "article"),
        ("/topics/what-we-know-of-the-bridge", "article"),
        ("/tag/harbour", "tag"),
        ("/en/tags/the-long-name-of-a-tag-2026", "tag"),
        ("/schlagwort/hafen", "tag"),
        ("/author/anna-berg", "author"),
        ("/autoren/anna-berg.html", "author"),
        ("/yazarlar/anna", "author"),
        ("/category/news/local", "section"),
        ("/thema/hafen", "section"),
        ("/politics", "section"),
        ("/de/politik/", "section"),
        ("/sport/fussball", "section"),
        ("/news/page/3", "pagination"),
        ("/page/12/", "pagination"),
        ("/2026/11/", "calendar"),
        ("/2026-11-20", "calendar"),
        ("/calendar/list", "calendar"),
        ("/events/concert/?ical=1", "calendar"),
        ("/search?q=harbour", "search"),
        ("/?s=harbour", "search"),
        ("/suche/hafen", "search"),
        ("/login", "account"),
        ("/service/newsletter", "account"),
        ("/impressum", "static"),
        ("/about-us/", "static"),
        ("/wp-content/uploads/2026/11/plan-of-the-new-bridge", "static"),
        ("/files/plan.pdf", "file"),
        ("/video/how-the-bridge-was-mended", "video"),
        ("/fotos/the-bridge-in-forty-pictures", "gallery"),
        ("/podcast/folge-12", "audio"),
        # Words in their own script, and percent-encoded.
        ("/тег/порт", "tag"),
        ("/%D0%B0%D0%B2%D1%82%D0%BE%D1%80/%D0%B0%D0%BD%D0%BD%D0%B0", "author"),
        ("/タグ/横浜", "tag"),
        ("/κατηγορία/πολιτική", "section"),
        ("/kategoria/gospodarka", "section"),
        ("/polityka-prywatnosci", "static"),
        ("/横浜港の橋が三年ぶりに開通した", "article"),
        # An article may have such a word before it, if it says more itself.
        ("/author/anna-berg/the-bridge-is-mended-at-last", "article"),
        ("/rubrique/local/le-pont-est-enfin-ouvert", "article"),
        ("/search/rescuers-find-two-hikers-alive", "article"),
        ("/register/the-bridge-is-mended-at-last", "article"),
        ("/tags/424952930/a-tag-with-its-number", "tag"),
        ("/members/only-for-those-who-pay-us", "article"),
        ("/people/anna-berg", "unknown"),
        ("/recipes/cookies", "unknown"),
        ("/essays/film", "unknown"),
        # The number is in the query.
        ("/news.php?id=4711", "unknown"),
        ("/?p=4711", "unknown"),
        ("/index.php?option=com_content&id=3", "unknown"),
        ("/news.php?cat=4", "section"),
        ("/?paged=2", "pagination"),
        ("/politik?page=3", "pagination"),
        ("/?m=202611", "calendar"),
        ("/?m=4711", "unknown"),
        ("/?utm_source=rss", "section"),
        ("/the-bridge-is-mended-at-last?page=2", "article"),
        ("/the-bridge-is-mended-at-last/page/2", "pagination"),
        ("/the-bridge-is-mended-at-last/feed/", "file"),
        ("/the-bridge-is-mended/index.html", "article"),
        ("/faculty-and-staff/index.html", "unknown"),
        ("/blog/2026/11/20", "calendar"),
        ("/archiv/2026/11/", "calendar"),
        ("/1984", "unknown"),
        ("/12", "unknown"),
    ],
)  # fmt: skip
def test_conventions_tell_what_is_no_article(path, kind):
    assert kind_of_address(f"https://paper.example{path}", HOME) == kind


def test_a_site_in_a_folder_of_its_host_is_read_from_there():
    home = "https://name.host.example/paper/"
    assert kind_of_address(home, home) == "section"
    assert kind_of_address("https://name.host.example/papers/tag/x", home) == "tag"
    assert kind_of_address("https://name.host.example/paper/tag/harbour", home) == "tag"
    assert kind_of_address("https://name.host.example/paper/post/x", home) == "unknown"


def test_real_articles_are_not_taken_for_anything_else(shared):
    addresses = {
        url
        for file in sorted(shared.glob("corpus/*/truth.jsonl"))
        if file.parent.name not in ("evaldata", "htmldate")  # dated pages, archives among them
        for line in file.open(encoding="utf-8")
        if (url := json.loads(line).get("url")) and urlsplit(url).path.strip("/")
    }
    wrong = [
        url
        for url in sorted(addresses)
        if kind_of_address(url, f"https://{urlsplit(url).hostname}/") in NO_ARTICLE
    ]
    assert len(addresses) > 500
    assert len(wrong) <= 0.003 * len(addresses), wrong


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ("/2026/11/20/the-bridge-is-mended/", "/Y/M/D/slug/"),
        ("/news/2026/11/the-bridge-is-mended", "/news/Y/M/slug"),
        ("/politik/bruecke-wieder-ganz-offen-4412733.html", "/politik/slug.html"),
        ("/story/1234567890", "/story/n9"),
        ("/a/12", "/a/n2"),
        ("/tag/harbour", "/tag/word"),
        ("/x1y2z3/harbour-news", "/id/words"),
        ("/read.php?id=3&cat=7", "/word.php?cat&id"),
        ("/", "/"),
        ("/2024/05/03/some-long-headline-here/", "/Y/M/D/slug/"),
        ("/harbour", "/word"),
        ("/harbour-news", "/words"),
        ("/day/2026-11-20", "/day/Y-M-D"),
        ("/n/A?utm_source=x&ID=3", "/n/word?id"),
        ("/%D0%BF%D0%BE%D1%80%D1%82-%D0%B8-%D0%BC%D0%BE%D1%81%D1%82", "/slug"),
    ],
)
def test_addresses_of_one_kind_have_one_shape(path, shape):
    assert address_shape(f"https://paper.example{path}").replace("/read.php", "/word.php") == shape


@given(st.text(alphabet="abc/-.0123456789?=&%ä", max_size=300))
def test_any_address_has_a_kind_a_shape_and_an_end(path):
    url = f"https://paper.example/{path}"
    kind_of_address(url, HOME)
    assert len(address_shape(url)) <= 120
    is_trap(url)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/a/b/a/b/a/b", "the path repeats itself"),
        ("/news/x/x/x/y/z", "the path repeats itself"),
        ("/" + "/".join("abcdefghijklmnopqrstuvwxyz"), "deeper than 20 segments"),
        ("/?" + "&".join(f"p{n}=1" for n in range(20)), "more than 12 parameters"),
        ("/events/2300-01", "a calendar's page of the year 2300"),
        ("/2300/01/", "a calendar's page of the year 2300"),
        ("/calendar/1950/05/03", "a calendar's page of the year 1950"),
        ("/events/?tribe-bar-date=2300-01-01", "a calendar's page of the year 2300"),
        ("/list?view=a&view=b&view=c", "the parameter view again and again"),
        (
            "/login?next=%252Flogin%253Fnext%25253D",
            "an address inside an address inside an address",
        ),
        ("/" + "a" * 3000, "longer than 2000 characters"),
    ],
)
def test_addresses_without_end_are_told(path, said):
    assert is_trap(f"https://paper.example{path}") == said


@pytest.mark.parametrize(
    "path",
    [
        "/2026/11/20/11/a-headline",
        "/11/11/11/a-headline",
        "/a/a/b",
        "/2019-20-season",
        "/1984-in-books",
        "/1955/05/03/a-headline-of-then",
        "/archive/1955-05-03/a-headline-of-then",
        "/magazine/1955/05",
        "/story/5012/33",
        "/list?cat[]=1&cat[]=2&cat[]=3&cat[]=4",
        "/story?id=1&" + "&".join(f"utm_{n}=1" for n in range(20)),
        "/read?url=https%3A%2F%2Fother.example%2Fa%3Fb%3D1",
    ],
)
def test_odd_addresses_are_no_traps(path):
    assert is_trap(f"https://paper.example{path}") is None
