"""When two addresses are one article, and when two hosts are one house."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources import address
from sources.address import address_key, registrable_domain, same_site

KEY = "https://paper.example/2026/11/story"


@pytest.mark.parametrize(
    "variant",
    [
        "http://paper.example/2026/11/story",
        "HTTPS://WWW.Paper.Example:443/2026/11/story/",
        "https://m.paper.example/2026/11/story",
        "https://amp.www.paper.example/2026/11/story",
        "https://paper.example/2026/11/story#comments",
        "https://paper.example/2026/11/story?utm_source=rss&utm_medium=feed",
        "https://paper.example/2026/11/story?fbclid=abc&ref=home",
        "https://paper.example/2026/11/story/amp/",
        "https://paper.example/2026/11/story.amp.html",
        "https://paper.example/amp/2026/11/story",
        "https://paper.example/2026/11/story?amp=1",
        "https://paper.example/2026/11/story?outputType=amp",
        "https://paper.example/2026/11/story?print=1",
        "https://paper.example/2026/11/story/index.html",
        "https://paper.example//2026/./11/x/../story",
        "https://paper.example/2026/11/%73tory",
        "https://paper.example/2026/11/story;jsessionid=ABC123",
        "https://paper-example.cdn.ampproject.org/c/s/paper.example/2026/11/story",
        "https://www.google.com/amp/s/www.paper.example/2026/11/story/amp",
        "  https://paper.example/2026/11/story\n",
    ],
)
def test_variants_of_one_article_have_one_key(variant: str) -> None:
    assert address_key(variant) == KEY


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.example/story?id=1", "https://a.example/story?id=2"),
        ("https://a.example/story?cid=1", "https://a.example/story?cid=2"),
        ("https://a.example/?p=1", "https://a.example/?p=2"),
        ("https://a.example/show?m=4711", "https://a.example/show?m=4712"),
        ("https://a.example/Story", "https://a.example/story"),
        ("https://a.example/s", "https://a.example:8080/s"),
        ("https://news.a.example/s", "https://sport.a.example/s"),
        ("https://a.example/#!/1", "https://a.example/#!/2"),
        ("https://a.example/a%2Fb", "https://a.example/a/b"),
    ],
)
def test_what_may_be_two_articles_keeps_two_keys(one: str, other: str) -> None:
    assert address_key(one) != address_key(other)


def test_parameters_have_no_order() -> None:
    assert address_key("https://a.example/?b=2&a=1") == address_key("https://a.example/?a=1&b=2")


def test_a_name_in_another_script_and_its_punycode_are_one() -> None:
    assert address_key("https://пример.example/новости") == address_key(
        "https://xn--e1afmkfd.example/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8"
    )


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "ftp://a.example/",
        "mailto:a@a.example",
        "javascript:void(0)",
        "/relative",
        "https://",
        "https:///path",
        "https://a.example:99999/",
        "https://a.example:port/",
        "https://a b.example/",
        "https://a.example/a b",
        "https://a.example/\x00",
        "https://[::1",
        "https://a..example/",
        "https://a.example/" + "x" * 3000,
    ],
)
def test_what_is_no_address_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        address_key(bad)


LABELS = st.text("abz019-é", min_size=1, max_size=8)
PIECES = st.lists(
    st.one_of(
        st.sampled_from(
            "/ // /amp /amp/ .amp.html ? & = # #! % %2e %2E%2f .. . ; amp=1 utm_x=1 ref id=7 index.html "
            "/index.php www. m. ;jsessionid=1 ?amp ?print=1 + é ü 漢 [ ] @ : :80 | ^ ~ ' ( ) *".split()
        ),
        st.text(max_size=4),
    ),
    max_size=12,
).map("".join)


@given(
    st.sampled_from(["http", "https", "HTTP"]),
    st.sampled_from(
        ["", "www.", "m.", "amp.www.", "www.google.com/amp/s/", "x.cdn.ampproject.org/c/s/"]
    ),
    LABELS,
    PIECES,
)
def test_the_key_of_a_key_is_the_key(scheme: str, prefix: str, label: str, rest: str) -> None:
    try:
        key = address_key(f"{scheme}://{prefix}{label}.example{rest}")
    except ValueError:
        return
    assert address_key(key) == key


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_a_value_error(text: str) -> None:
    try:
        assert address_key(text).startswith("https://")
    except ValueError:
        pass


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("feeds.bbc.co.uk", "bbc.co.uk"),
        ("www.paper.example", "paper.example"),
        ("localhost", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
        ("[::1]", "::1"),
        ("WWW.Paper.COM.", "paper.com"),
    ],
)
def test_the_registrable_domain_is_what_a_house_registers(host: str, domain: str) -> None:
    assert registrable_domain(host) == domain


def test_one_house_may_have_many_hosts_but_a_public_suffix_is_none() -> None:
    assert same_site("https://feeds.paper.example/x", "http://www.paper.example/")
    assert not same_site("https://one.co.uk/", "https://two.co.uk/")
    assert not same_site("not an address", "https://two.co.uk/")


@given(
    st.builds(
        "{}://{}{}{}{}".format,
        st.sampled_from(["http", "https"]),
        st.sampled_from(
            ["paper.example", "www.paper.example", "m.news.co.uk", "amp.a.b.paper.example", "www.com",
             "a..example", "10.0.0.1", "1.2", "www.google.com", "x-paper.cdn.ampproject.org", "m.de"]
        ),
        st.lists(
            st.sampled_from(["/", "/a", "/B-c", "/index.html", "/amp", "/x.amp", "/a.b", "/..", "/.", "//",
                             "/c/s/paper.example/x", "/amp/s/paper.example", "/Default.aspx", "/1.html/"]),
            max_size=4,
        ).map("".join),
        st.lists(
            st.sampled_from(["?", "&", "a=1", "id=7", "utm_source=x", "b", "=", "amp=1", "A=2", "ref=x", "p="]),
            max_size=6,
        ).map(lambda parts: "?" + "&".join(parts) if parts else ""),
        st.sampled_from(["", "#", "#top", "#!/x", "#a#b"]),
    )
)  # fmt: skip
def test_the_quick_way_gives_what_the_careful_way_gives(url):
    def carefully(text):
        for _ in range(8):
            folded = address._fold(text)
            if folded == text:
                return folded
            text = folded
        raise ValueError

    quick = address._folded_plain(url)
    if quick is not None:
        assert quick == carefully(url)
        assert address._folded_plain(quick) in (quick, None)


def test_ordinary_addresses_go_the_quick_way():
    for url in (
        "https://www.paper.example/2026/11/20/a-title",
        "http://paper.example/a.html?id=3#x",
    ):
        assert address._folded_plain(url) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.example/x;jsessionid=1F/y", "https://a.example/x/y"),
        ("https://a.example/(S(lit3py55t21z5v55vlm25s55))/story.aspx?id=3", "https://a.example/story.aspx?id=3"),
        ("https://a.example/x?gaa_at=eafs&guccounter=1", "https://a.example/x"),
        ("https://a.example/x?ns_mchannel=rss&ns_source=y", "https://a.example/x"),
        ("https://a.example/x?source=rss", "https://a.example/x"),
        ("https://straße.example/x", "https://xn--strae-oqa.example/x"),
    ],
)  # fmt: skip
def test_more_ways_to_one_article(one, other):
    assert address_key(one) == address_key(other)


def test_a_source_that_is_a_number_or_a_name_stays():
    assert address_key("https://a.example/x?source=4711") != address_key("https://a.example/x")
