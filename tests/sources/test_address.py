"""When two addresses are one article, and when two hosts are one house."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources import address
from sources.address import address_key, as_browsers_read, registrable_domain
from sources.address_parameters import counted_in

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
        # Punycode of so many takes half a second.
        "https://" + "".join(chr(0x4E00 + n) for n in range(1900)),
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


def carefully(url: str) -> str | None:
    """The key by w3lib and the standard library alone, or ``None`` where they refuse."""
    text = url.strip()
    for _ in range(8):
        try:
            folded = address._fold(text)
        except ValueError:
            return None
        if folded == text:
            return folded
        text = folded
    return None


def quickly(url: str) -> str | None:
    try:
        return address_key.__wrapped__(url)
    except ValueError:
        return None


@settings(max_examples=600)
@given(
    st.builds(
        "{}://{}{}{}{}{}".format,
        st.sampled_from(["http", "https", "HTTPS", "ftp"]),
        st.sampled_from(
            ["paper.example", "www.paper.example", "M.news.co.uk", "amp.a.b.paper.example", "www.com",
             "a..example", "10.0.0.1", "1.2", "www.google.com", "x-paper.cdn.ampproject.org", "m.de",
             "straße.example", "ПРИМЕР.рф", "xn--e1afmkfd.example", "a_b.example", "-a.example",
             "paper.example.", "i❤.example", "ｐaper.example", "℀.example", "www.10.0.0.1", "amp.dev"]
        ),
        st.sampled_from(["", "", "", ":", ":443", ":8080", ":08", ":99999", ":x"]),
        st.lists(
            st.sampled_from(["/", "/a", "/B-c", "/show.php", "/View", "/index.html", "/amp", "/x.amp", "/a.b", "/..", "/.", "//",
                             "/c/s/paper.example/x", "/amp/s/paper.example", "/Default.aspx", "/1.html/",
                             "/%41", "/%c3%a4", "/%C3%A4", "/%2f", "/%25", "/%zz", "/%e4", "/ä", "/漢字",
                             "/a(b)", "/(S(abcdefghij))", ";jsessionid=1", "/a;b=1", "/|", "/[x]", '/"q"',
                             "/~u", "/a,b:c@d", "/%7e", "\u00a0", "/aſpx", "/x\ud800", "/a%"]),
            max_size=4,
        ).map("".join),
        st.lists(
            st.sampled_from(["?", "&", "a=1", "id=7", "UTM_source=x", "b", "=", "amp=1", "A=2", "ref=x",
                             "p=", "+", "%20", "a=%c3%a4", "ä=ü", "x=a,b", "amp;utm_x=1", "amp;id=3",
                             "%zz", "source=rss", "source=12", "%61mp=1",
                             "ref=101", "amp;ref=7", "cmp=4-A-33", "at_id=9", "%72ef=8", "a[]=1", "a==b", "\ud800"]),
            max_size=6,
        ).map(lambda parts: "?" + "&".join(parts) if parts else ""),
        st.sampled_from(["", "", "#", "#top", "#!/x", "#a#b", "#at_medium=x", "#utm_source=y"]),
    )
)  # fmt: skip
def test_the_quick_way_gives_what_the_careful_way_gives(url):
    key = quickly(url)
    assert key == carefully(url)
    if key is not None:
        assert quickly(key) == key


@pytest.mark.parametrize(
    "url",
    [
        "https://www.paper.example/2026/11/20/a-title",
        "http://paper.example/a.html?id=3#x",
        "HTTPS://WWW.Paper.Example:443/a,b/?utm_source=x&B=2&a=1",
        "https://paper.example/новости/1",
        "https://paper.example/%d0%bd%D0%BE/1?q=a%20b",
        "https://straße.example/a",
    ],
)
def test_ordinary_addresses_go_the_quick_way(url):
    assert address._folded_plain(url) == carefully(url)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.example/x;jsessionid=1F/y", "https://a.example/x/y"),
        ("https://a.example/x;sid=1F/y;a=b", "https://a.example/x/y;a=b"),
        ("https://a.example/(S(lit3py55t21z5v55vlm25s55))/story.aspx?id=3", "https://a.example/story.aspx?id=3"),
        ("https://a.example/n/(X(1)A(a_b-c)S(lit3py55t21z5v55vlm25s55))/3", "https://a.example/n/3"),
        ("https://a.example/x?gaa_at=eafs&guccounter=1", "https://a.example/x"),
        ("https://a.example/x?guce_referrer=aHR0cA&guce_referrer_sig=AQ", "https://a.example/x"),
        ("https://a.example/x?ns_mchannel=rss&ns_source=y", "https://a.example/x"),
        ("https://a.example/x?UTM_Source=y&CMP=z&ICID=q&__s=w", "https://a.example/x"),
        ("https://a.example/x?id=3&amp;utm_source=y&WT.mc_id=z", "https://a.example/x?id=3"),
        ("https://a.example/x?source=rss", "https://a.example/x"),
        ("https://a.example/x?partner=rss&id=3", "https://a.example/x?id=3"),
        ("https://a.example/x#xtor=RSS-1", "https://a.example/x#at_medium=custom7"),
        ("https://a.example/x?q=%7e%c3%a4+b", "https://a.example/x?q=~ä%20b"),
        ("https://straße.example/x", "https://xn--strae-oqa.example/x"),
        ("https://βόλος.example/x", "https://xn--nxasmm1c.example/x"),
        ("https://i❤.example/x", "https://xn--i-7iq.example/x"),
    ],
)  # fmt: skip
def test_more_ways_to_one_article(one, other):
    assert address_key(one) == address_key(other)


@pytest.mark.parametrize(
    "query",
    ["source=4711", "source=1", "partner=reuters", "sid=8f14e45fceea167a", "ga_id=3", "cid=3",
     "session=9", "uid=7", "newsid=1", "m=rss", "edition=us"],
)  # fmt: skip
def test_a_parameter_that_may_be_the_article_stays(query):
    assert address_key(f"https://a.example/x?{query}") == f"https://a.example/x?{query}"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/noticia.php?ref=101", "/noticia.php?ref=102"),
        ("/kb_article.php?ref=4045-USHJ-3810", "/kb_article.php?ref=4045-USHJ-3811"),
        ("/view?feature=11", "/view?feature=12"),
        ("/archive/story.aspx?cmp=8&utm_source=rss", "/archive/story.aspx?cmp=9&utm_source=rss"),
        ("/read.php?campaign_id=the-ferry-is-back", "/read.php?campaign_id=the-mill-is-back"),
        ("/item?taid=6a1b22", "/item?taid=6a1b23"),
        ("/ver.php?at_id=7", "/ver.php?at_id=8"),
        ("/noticia.php?spm=1", "/noticia.php?spm=2"),
    ],
)
def test_where_nothing_else_names_an_article_a_numbered_ref_does(one: str, other: str) -> None:
    keys = [address_key(f"https://a.example{each}") for each in (one, other)]
    assert keys[0] != keys[1]
    assert [address_key(key) for key in keys] == keys
    # Another address of the same article is folded as its link was.
    name = one.partition("?")[2].partition("=")[0]
    assert counted_in(keys[0]) == {name}


@pytest.mark.parametrize(
    "address",
    [
        "/noticia.php?ref=home",
        "/noticia.php?ref=rss2",
        "/view?feature=youtu.be",
        "/noticia.php?utm_id=101",
        "/2026/11/20/the-ferry-is-back/view?ref=101",
        "/news/the-ferry-is-back?ref=101&cmp=7",
        "/view?v=8f14e45f&feature=12",
        "/?ref=101",
    ],
)
def test_where_something_else_names_it_and_where_it_is_a_word_a_ref_is_left_out(
    address: str,
) -> None:
    key = address_key(f"https://a.example{address}")
    assert not {"ref", "feature", "cmp", "utm_id"} & counted_in(key)
    assert not {"ref", "feature", "utm_id"} & set(re.findall(r"(\w+)=", key))


def test_a_ref_that_has_shown_that_it_counts_is_kept_and_a_trackers_never_is() -> None:
    url = "https://www.a.example/news/the-ferry-is-back?utm_source=x&ref=101&cmp=7"
    key = address_key(url, frozenset({"ref", "utm_source"}))
    assert key == "https://a.example/news/the-ferry-is-back?ref=101"
    assert counted_in(key) == {"ref"}
    assert address_key(key, counted_in(key)) == key
    # A word in its place says how the reader came, there too.
    assert address_key("https://a.example/s?ref=rss", frozenset({"ref"})) == "https://a.example/s"


@pytest.mark.parametrize(
    ("stands", "read"),
    [
        (" https://a.example/x \n", "https://a.example/x"),
        ("https://a.example/a b c", "https://a.example/a%20b%20c"),
        ("https://a.example/a\n\t  b", "https://a.example/a%20%20b"),
        ("\\news\\1?q=a\\b", "/news/1?q=a\\b"),
        ("https://a.example/x?q=a b#c d", "https://a.example/x?q=a%20b#c%20d"),
        ("https://a.example/x%20y", "https://a.example/x%20y"),
    ],
)
def test_an_address_in_a_document_is_read_as_browsers_do(stands: str, read: str) -> None:
    assert as_browsers_read(stands) == read
    assert as_browsers_read(read) == read
