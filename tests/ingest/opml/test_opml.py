"""Lists of feeds: ``copydesk sources import`` and ``export``, OPML 2.0 as readers write it."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from ingest.cli.app import run
from ingest.errors import InputError
from ingest.opml.document import MOST_OUTLINES, OpmlFeed, read_opml, write_opml
from ingest.opml.sources import sort_feeds
from ingest.settings import load_settings
from sources.catalogue import Catalogue
from sources.source import Source

SHIPPED = "https://www.thearmenianreport.com/blog-feed.xml"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "copydesk.toml").write_text("[select]\nnames = []\n")
    return tmp_path


def opml(*outlines: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0"><head><title>Mine</title></head>'
        f"<body>{''.join(outlines)}</body></opml>"
    )


def outline(url: str, text: str = "", home: str = "", **more: str) -> str:
    given = {"type": "rss", "text": text, "xmlUrl": url, "htmlUrl": home, **more}
    pairs = " ".join(f'{k}="{v}"' for k, v in given.items() if v)
    return f"<outline {pairs}/>"


def sources_of(folder: Path) -> dict[str, Source]:
    catalogue = Catalogue.load(folder / "publishers")
    assert not catalogue.problems
    return {source.name: source for source in catalogue.all() if not source.shipped}


def feeds(source: Source) -> list[str]:
    return [endpoint.url for endpoint in source.endpoints if endpoint.kind == "feed"]


# Import


def test_the_feeds_of_one_site_become_one_source(folder: Path, capsys: Any) -> None:
    (folder / "mine.opml").write_text(
        opml(
            '<outline text="Local">',
            outline(
                "https://mill-lane.example/feed",
                "Mill Lane Courier",
                "https://mill-lane.example/",
                language="en-gb",
            ),
            '<outline text="Deeper">',
            outline(
                "https://feeds.mill-lane.example/sport",
                "Mill Lane Courier: Sport",
                "https://mill-lane.example/sport",
            ),
            outline("https://www.mill-lane.example/feed/?utm_source=reader", "The same again"),
            "</outline></outline>",
            outline("https://lena.wixsite.com/valley/blog-feed.xml", "Valley Post"),
            outline("https://lena.wixsite.com/hill/blog-feed.xml", "Hill Post"),
            outline("https://one.substack.com/feed", "One"),
            outline("https://two.substack.com/feed", "Two"),
        )
    )
    assert run(["sources", "import", "mine.opml"]) == 0
    out = capsys.readouterr().out
    written = sources_of(folder)
    assert {name: (s.title, s.home, feeds(s)) for name, s in written.items()} == {
        "mill-lane-courier": (
            "Mill Lane Courier",
            "https://mill-lane.example/",
            ["https://mill-lane.example/feed", "https://feeds.mill-lane.example/sport"],
        ),
        "valley-post": (
            "Valley Post",
            "https://lena.wixsite.com/valley",
            ["https://lena.wixsite.com/valley/blog-feed.xml"],
        ),
        "hill-post": (
            "Hill Post",
            "https://lena.wixsite.com/hill",
            ["https://lena.wixsite.com/hill/blog-feed.xml"],
        ),
        "one": ("One", "https://one.substack.com", ["https://one.substack.com/feed"]),
        "two": ("Two", "https://two.substack.com", ["https://two.substack.com/feed"]),
    }
    assert written["mill-lane-courier"].language == "en"
    assert (
        f"{Path('publishers') / 'mill-lane-courier.toml'}: Mill Lane Courier "
        "<https://mill-lane.example/>, 2 feeds" in out
    )
    assert set(load_settings().select.names) == set(written)
    text = (folder / "publishers" / "one.toml").read_text()
    assert text.startswith("# Imported from mine.opml, ")


def test_a_feed_that_is_known_is_skipped_and_its_source_is_switched_on(
    folder: Path, capsys: Any
) -> None:
    (folder / "mine.opml").write_text(
        opml(
            outline(SHIPPED.replace("https", "http"), "AR"),
            outline("https://a.example/feed", "A paper"),
        )
    )
    assert run(["sources", "import", "mine.opml"]) == 0
    out = capsys.readouterr().out
    assert "skipped" in out
    assert "ships as armenian-report" in out
    assert list(sources_of(folder)) == ["a-paper"]
    assert set(load_settings().select.names) == {"armenian-report", "a-paper"}
    # A second time nothing is new.
    assert run(["sources", "import", "mine.opml", "--no-enable"]) == 0
    assert "is there already as a-paper" in capsys.readouterr().out
    assert list(sources_of(folder)) == ["a-paper"]


def test_a_dry_run_and_no_enable_leave_things_as_they_are(folder: Path, capsys: Any) -> None:
    (folder / "mine.opml").write_text(opml(outline("https://a.example/feed", "A paper")))
    assert run(["sources", "import", "mine.opml", "--dry-run"]) == 0
    assert 'url = "https://a.example/feed"' in capsys.readouterr().out
    assert not (folder / "publishers").exists()
    assert load_settings().select.names == ()
    assert run(["sources", "import", "mine.opml", "--no-enable"]) == 0
    assert load_settings().select.names == ()
    assert list(sources_of(folder)) == ["a-paper"]


def test_names_are_made_unique(folder: Path) -> None:
    (folder / "mine.opml").write_text(
        opml(
            *(outline(f"https://news.paper{n}.example/feed", "Evening Post") for n in range(3)),
            outline("https://other.example/feed", "Armenian Report"),
        )
    )
    assert run(["sources", "import", "mine.opml"]) == 0
    assert sorted(sources_of(folder)) == ["evening-post", "other", "paper1", "paper2"]


def test_an_outline_of_no_use_is_told_and_spoils_nothing_else(folder: Path, capsys: Any) -> None:
    (folder / "mine.opml").write_text(
        opml(
            outline("gopher://a.example/feed", "Old"),
            outline("feed://b.example/rss", "B paper", "javascript:alert(1)"),
            outline("feed:https://c.example/rss", "C paper"),
            '<outline text="just a note"/>',
        )
    )
    assert run(["sources", "import", "mine.opml"]) == 1
    assert "gopher://a.example/feed: expected an address" in capsys.readouterr().err
    written = sources_of(folder)
    assert (written["b-paper"].home, feeds(written["b-paper"])) == (
        "http://b.example",
        ["http://b.example/rss"],
    )
    assert feeds(written["c-paper"]) == ["https://c.example/rss"]


def test_a_relays_feed_says_nothing_of_its_site(folder: Path) -> None:
    (folder / "mine.opml").write_text(
        opml(
            outline("https://feeds.feedburner.com/valley", "Valley", "https://valley.example"),
            outline("https://feeds.feedburner.com/hill", "Hill", "https://hill.example"),
            outline("https://feeds.feedburner.com/sea", "Sea"),
            outline("https://feeds.feedburner.com/lake", "Lake"),
        )
    )
    assert run(["sources", "import", "mine.opml"]) == 0
    homes = {name: source.home for name, source in sources_of(folder).items()}
    assert homes == {
        "valley": "https://valley.example",
        "hill": "https://hill.example",
        "sea": "https://feeds.feedburner.com",
        "lake": "https://feeds.feedburner.com",
    }


BOMB = (
    '<!DOCTYPE opml [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {b} "{("&" + a + ";") * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    ) + ']><opml version="2.0"><body><outline text="&i;" xmlUrl="https://a.example/f"/></body></opml>'
)  # fmt: skip


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"", "empty"),
        (b"<opml><body><outline xmlUrl='https://a.example/?a=1&b=2'/>", "not well-formed XML"),
        (opml().encode(), "no outline with an xmlUrl"),
        (b"<!DOCTYPE html><html><body>Log in</body></html>", "HTML page"),
        (b"<rss version='2.0'><channel/></rss>", "begins with <rss>"),
        (BOMB.encode(), "entities"),
        (("\ufeff" + BOMB).encode("utf-16-le"), "entities"),
        (BOMB.encode("utf-16-be"), "entities"),
        (b'<!DOCTYPE o [<!ENTITY x SYSTEM "file:///etc/hostname">]><opml>&x;</opml>', "entities"),
        (b"<opml>" + b"<outline>" * 5000 + b"</outline>" * 5000 + b"</opml>", "not well-formed"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not well-formed"),
        (b"<opml>" + b"<outline/>" * (MOST_OUTLINES + 1) + b"</opml>", "more than"),
        (b" " * (16 * 1024 * 1024 + 1), "larger than"),
    ],
)
def test_what_is_no_list_of_feeds_is_told_in_one_line(
    folder: Path, capsys: Any, content: bytes, part: str
) -> None:
    (folder / "mine.opml").write_bytes(content)
    assert run(["sources", "import", "mine.opml"]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("copydesk: mine.opml: ")
    assert part in line
    assert len(line) < 400
    assert not (folder / "publishers").exists()


def test_a_missing_file_is_told(capsys: Any) -> None:
    assert run(["sources", "import", "nowhere.opml"]) == 2
    assert "nowhere.opml: cannot be read" in capsys.readouterr().err


def test_a_list_is_read_from_standard_input_in_any_encoding(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = opml(outline("https://muehle.example/feed", "Mühlen-Bote", language="de"))
    for encoding, name in (("utf-16", "utf-16"), ("iso-8859-1", "iso-8859-1"), ("utf-8-sig", "x")):
        body = text.replace("UTF-8", name if name != "x" else "UTF-8").encode(encoding)
        [feed] = read_opml(body, "-")
        assert feed.title == "Mühlen-Bote", encoding
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert run(["sources", "import", "-"]) == 0
    assert list(sources_of(folder)) == ["muehlen-bote"]


# Export


def test_the_selected_sources_are_exported_one_outline_a_feed(folder: Path, capsys: Any) -> None:
    (folder / "publishers").mkdir()
    (folder / "publishers" / "paper.toml").write_text(
        'name = "paper"\ntitle = "Paper & <Sons>"\nhome = "https://paper.example"\nlanguage = "en"\n'
        '[[endpoint]]\nkind = "feed"\nurl = "/one"\n[[endpoint]]\nkind = "feed"\nurl = "/two?a=1&b=2"\n'
        '[[endpoint]]\nkind = "sitemap"\nurl = "/map.xml"\n'
    )
    (folder / "publishers" / "plain.toml").write_text(
        'name = "plain"\nhome = "https://b.example"\n'
    )
    (folder / "copydesk.toml").write_text('[select]\nnames = ["paper", "plain"]\n')
    assert run(["sources", "export", "out.opml"]) == 0
    captured = capsys.readouterr()
    assert "out.opml: 2 feeds of 1 sources" in captured.out
    assert "without a feed, and left out: plain" in captured.err
    root = etree.parse(str(folder / "out.opml")).getroot()
    assert (root.tag, root.get("version")) == ("opml", "2.0")
    assert [
        (o.get("type"), o.get("text"), o.get("xmlUrl"), o.get("htmlUrl"), o.get("language"))
        for o in root.findall("body/outline")
    ] == [
        ("rss", "Paper & <Sons>", f"https://paper.example/{path}", "https://paper.example", "en")
        for path in ("one", "two?a=1&b=2")
    ]


def test_all_sources_are_exported_to_standard_output(capfdbinary: Any) -> None:
    assert run(["sources", "export", "-", "--all"]) == 0
    found = read_opml(capfdbinary.readouterr().out, "-")
    assert any(feed.url == SHIPPED and feed.name == "armenian-report" for feed in found)
    assert len(found) > 150


def test_what_was_exported_is_imported_with_its_names_homes_and_feeds(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = folder / "publishers"
    own.mkdir()
    for name, home in (
        ("valley-en", "https://www.valley.example/en"),
        ("valley-fr", "https://www.valley.example/fr"),
        ("hill", "http://hill.example:8080/"),
    ):
        (own / f"{name}.toml").write_text(
            f'name = "{name}"\ntitle = "The Valley"\nhome = "{home}"\nlanguage = "en"\n'
            f'[[endpoint]]\nkind = "feed"\nurl = "{home}/feed?x=1&y=2"\n'
            f'[[endpoint]]\nkind = "feed"\nurl = "{home}/sport"\n'
        )
    (folder / "copydesk.toml").write_text('[select]\nnames = ["valley-en", "valley-fr", "hill"]\n')
    before = sources_of(folder)
    assert run(["sources", "export", str(folder / "out.opml")]) == 0
    other = folder / "other"
    other.mkdir()
    monkeypatch.chdir(other)
    assert run(["sources", "import", str(folder / "out.opml")]) == 0
    after = sources_of(other)
    assert {n: (s.title, s.home, s.language, feeds(s)) for n, s in after.items()} == {
        n: (s.title, s.home, s.language, feeds(s)) for n, s in before.items()
    }


# Any list

NAMES = st.from_regex(r"[a-z]{1,6}", fullmatch=True)
TITLES = st.text(max_size=20)
HOSTS = st.builds("{}.{}".format, NAMES, st.sampled_from(["example", "co.uk", "wixsite.com"]))
ADDRESSES = st.builds("https://{}/{}".format, HOSTS, NAMES) | st.text(max_size=30)
FEEDS = st.lists(
    st.builds(
        OpmlFeed,
        url=ADDRESSES,
        title=TITLES,
        home=st.none() | ADDRESSES,
        language=st.none() | st.sampled_from(["en", "de-AT", "english", "x"]),
        name=st.none() | NAMES | TITLES,
    ),
    max_size=8,
)
EMPTY = Catalogue({}, ())


@given(FEEDS)
def test_any_list_makes_sources_that_load_each_feed_once(found: list[OpmlFeed]) -> None:
    made = sort_feeds(found, EMPTY)
    names = [source.name for source in made.new]
    assert len(names) == len(set(names))
    urls = [endpoint.url for source in made.new for endpoint in source.endpoints]
    assert len(urls) == len(set(urls))
    assert not made.known


@given(FEEDS)
def test_what_is_written_is_read_back(found: list[OpmlFeed]) -> None:
    body = write_opml(found, "List", datetime(2026, 11, 24, tzinfo=UTC))
    try:
        read = read_opml(body, "list")
    except InputError as error:
        assert "no outline" in str(error)
        return
    usual = [
        feed for feed in found if feed.url.isascii() and feed.url.isprintable() and feed.url.strip()
    ]
    assert {feed.url.strip() for feed in usual} <= {feed.url for feed in read}


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_bytes_are_a_list_or_an_input_error(body: bytes) -> None:
    try:
        read_opml(body, "list")
    except InputError as error:
        assert len(str(error).splitlines()) == 1
