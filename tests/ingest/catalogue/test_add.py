"""``copydesk add``: from one address to a source that works, over real HTTP."""

from __future__ import annotations

import json
import re
import sys
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from ingest.cli.app import run
from ingest.extract.page.html_page import HtmlPage
from ingest.settings import load_settings
from ingest.trying.site_identity import (
    common_title,
    country_of,
    free_name,
    likeliest_language,
    site_title,
    slug,
)
from sources.endpoints.feed_head import FeedHead
from sources.source_file import load_source_file, parse_source
from tests.ingest.conftest import HOST, article_page

WIX = "http://lena.wixsite.com/valley-post"
NOW = datetime.now(UTC)
JUNK = "<p>Follow the Mill Lane Courier wherever you read</p>"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def answered(site: Any, folder: Path) -> None:
    """Settings whose client reaches every host of the site at once."""
    targets = "\n".join(f"{json.dumps(h)} = {json.dumps(t)}" for h, t in site.connect_to.items())
    (folder / "copydesk.toml").write_text(
        "[select]\nnames = []\n[collect]\nworkers = 0\n"
        f"[client]\nretries = 0\ndelay = 0\n[client.connect_to]\n{targets}\n"
    )


def dated_feed(host: str, *paths: str, title: str = "Mill Lane Courier", age: int = 1) -> str:
    when = format_datetime(NOW - timedelta(days=age))
    items = "".join(
        f"<item><title>{path}</title><link>{path if '://' in path else host + path}</link>"
        f"<pubDate>{when}</pubDate></item>"
        for path in paths
    )
    return (
        f'<rss version="2.0"><channel><title>{title}</title><link>{host}/</link>'
        f"<language>en-gb</language>{items}</channel></rss>"
    )


def front(*links: str, head: str = "", body: str = "") -> str:
    announced = "".join(
        f'<link rel="alternate" type="application/rss+xml" href="{link}">' for link in links
    )
    return (
        "<!doctype html><html lang=en><head><title>Mill Lane Courier</title>"
        f"{announced}{head}</head><body><h1>Mill Lane Courier</h1>{body}</body></html>"
    )


def put_articles(site: Any, host: str, *paths: str, text: str = "") -> None:
    for number, path in enumerate(paths, 1):
        site.put(f"{host}{path}", article_page(f"Story number {number}", number, text=text))


@pytest.fixture
def paper(site: Any, folder: Path) -> Any:
    """A newspaper whose front page announces its feed."""
    paths = [f"/news/{number}" for number in range(1, 8)]
    site.put(f"{HOST}/", front("/feed", head='<meta property="og:locale" content="en_IE">'))
    site.put(f"{HOST}/feed", dated_feed(HOST, *paths))
    put_articles(site, HOST, *paths)
    answered(site, folder)
    return site


def found(capsys: Any, *arguments: str, code: int = 0) -> dict[str, Any]:
    assert run(["add", *arguments, "--json"]) == code
    [line] = capsys.readouterr().out.splitlines()
    value: dict[str, Any] = json.loads(line)
    return value


# What it does


def test_a_front_page_becomes_a_source_that_is_on(paper: Any, folder: Path, capsys: Any) -> None:
    assert run(["add", f"{HOST}/"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    assert re.search(rf"feed {HOST}/feed: 7 links, of \d{{4}}-\d\d-\d\d", captured.out)
    assert captured.out.count("  Story number ") == 5
    assert "by: Anna Berg" in captured.out
    path = folder / "publishers" / "mill-lane-courier.toml"
    text = re.sub(r"\d{4}-\d\d-\d\d", "TODAY", path.read_text())
    assert text == (
        f"# Found from {HOST}/ by `copydesk add`, TODAY.\n"
        'name = "mill-lane-courier"\ntitle = "Mill Lane Courier"\n'
        f'home = "{HOST}"\nlanguage = "en"\ncountry = "IE"\n\n'
        f'[[endpoint]]\nkind = "feed"\nurl = "{HOST}/feed"\n'
    )
    assert load_source_file(path).name == "mill-lane-courier"
    assert load_settings().select.names == ("mill-lane-courier",)
    # and it works
    assert run(["run", "--limit", "2"]) == 0
    assert "2 filed" in capsys.readouterr().out


def test_nothing_is_asked_for_twice_and_robots_txt_is_obeyed(
    paper: Any, folder: Path, capsys: Any
) -> None:
    paper.put(f"{HOST}/robots.txt", "User-agent: *\nDisallow: /news/7\n", content_type="text/plain")
    value = found(capsys, f"{HOST}/", "--articles", "7", code=0)
    assert len(value["articles"]) == 6
    assert any("robots" in problem for problem in value["problems"])
    paths = [request.path for request in paper.log]
    assert len(paths) == len(set(paths))
    assert "/news/7" not in paths


def test_json_is_one_object_with_source_endpoints_articles_and_problems(
    paper: Any, folder: Path, capsys: Any
) -> None:
    value = found(capsys, HOST, "--articles", "2", "--no-enable")
    assert value["source"] == {
        "name": "mill-lane-courier",
        "title": "Mill Lane Courier",
        "home": HOST,
        "language": "en",
        "country": "IE",
        "platform": None,
    }
    [endpoint] = value["endpoints"]
    assert (endpoint["kind"], endpoint["links"], endpoint["kept"]) == ("feed", 7, True)
    assert [article["authors"] for article in value["articles"]] == [["Anna Berg"]] * 2
    assert value["articles"][0]["source"] == "mill-lane-courier"
    assert value["problems"] == []
    assert value["enabled"] is None
    assert value["file"] == "publishers/mill-lane-courier.toml"
    assert load_settings().select.names == ()


def test_a_dry_run_prints_the_file_and_writes_nothing(
    paper: Any, folder: Path, capsys: Any
) -> None:
    before = (folder / "copydesk.toml").read_text()
    assert run(["add", HOST, "--dry-run", "--articles", "1", "--name", "courier"]) == 0
    captured = capsys.readouterr()
    assert parse_source(captured.out).name == "courier"
    assert "Story number" in captured.err
    assert not (folder / "publishers").exists()
    assert (folder / "copydesk.toml").read_text() == before


def test_struck_lines_are_shown_with_their_reasons(paper: Any, folder: Path, capsys: Any) -> None:
    put_articles(paper, HOST, *[f"/news/{n}" for n in range(1, 8)], text=JUNK)
    assert run(["add", HOST, "--dry-run"]) == 0
    lines = capsys.readouterr().err.splitlines()
    struck = [line for line in lines if line.startswith("- struck [")]
    # Told by nothing but its coming back: the articles of one site teach each other.
    assert len([line for line in struck if "Follow the Mill Lane Courier" in line]) == 5
    assert not any("\x1b" in line for line in lines)


def test_on_a_terminal_struck_lines_are_red_and_no_color_is_obeyed(
    paper: Any, folder: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_articles(paper, HOST, *[f"/news/{n}" for n in range(1, 8)], text=JUNK)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert run(["add", HOST, "--no-enable", "--articles", "3"]) == 0
    out = capsys.readouterr().out
    assert re.search("\x1b\\[[0-9;]*9[0-9;]*;?31mFollow the Mill Lane Courier", out)
    monkeypatch.setenv("NO_COLOR", "1")
    assert run(["add", HOST, "--no-enable", "--articles", "3", "--force"]) == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "] Follow the Mill Lane Courier" in out


def test_progress_is_shown_on_a_terminal_only_on_standard_error(
    paper: Any, folder: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm-256color")
    assert run(["add", HOST, "--json", "--articles", "1"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["usable"]
    assert "…" in captured.err


def test_a_page_cannot_write_to_the_terminal(paper: Any, folder: Path, capsys: Any) -> None:
    evil = "Mill Lane\x1b]0;owned\x07 Courier"
    paper.put(f"{HOST}/feed", dated_feed(HOST, "/news/1"))
    paper.put(f"{HOST}/", front("/feed", head=f'<meta property="og:site_name" content="{evil}">'))
    assert run(["add", HOST]) == 0
    assert "\x1b" not in capsys.readouterr().out
    [path] = (folder / "publishers").glob("*.toml")
    assert "\x1b" not in path.read_text()


# Where an address leads


def test_an_article_leads_to_its_sites_front_page_and_comes_first(
    paper: Any, folder: Path, capsys: Any
) -> None:
    announced = '<link rel="alternate" type="application/atom+xml" href="/news/feed">'
    paper.put(f"{HOST}/news/3", article_page("The sluice", 3, head=announced))
    paper.put(f"{HOST}/news/feed", dated_feed(HOST, "/news/3", "/news/only-here"))
    put_articles(paper, HOST, "/news/only-here")
    value = found(capsys, f"{HOST}/news/3", "--articles", "2")
    assert value["source"]["home"] == HOST
    assert value["articles"][0]["title"] == "The sluice"
    assert [e["url"] for e in value["endpoints"] if e["kept"]] == [
        f"{HOST}/feed",
        f"{HOST}/news/feed",
    ]


@pytest.mark.parametrize("path", ["/feed", "/section"])
def test_a_feed_and_a_section_lead_to_the_front_page(
    paper: Any, folder: Path, capsys: Any, path: str
) -> None:
    paper.put(f"{HOST}/section", front(body='<p><a href="/news/1">Story number 1</a></p>'))
    value = found(capsys, f"{HOST}{path}", "--articles", "1")
    assert value["source"]["home"] == HOST
    assert [e["url"] for e in value["endpoints"]] == [f"{HOST}/feed"]


def test_a_sitemap_alone_is_polled(site: Any, folder: Path, capsys: Any) -> None:
    urls = "".join(
        f"<url><loc>{HOST}/2026/11/2{n}/the-bridge-over-the-river-{n}</loc>"
        f"<lastmod>2026-11-2{n}</lastmod></url>"
        for n in range(4)
    )
    site.put(f"{HOST}/map.xml", f"<urlset>{urls}</urlset>", content_type="application/xml")
    site.put(f"{HOST}/", front())
    put_articles(site, HOST, *[f"/2026/11/2{n}/the-bridge-over-the-river-{n}" for n in range(4)])
    answered(site, folder)
    value = found(capsys, f"{HOST}/map.xml", "--articles", "2")
    [endpoint] = value["endpoints"]
    assert (endpoint["kind"], endpoint["links"], endpoint["archive"]) == ("sitemap", 4, False)
    assert (endpoint["oldest"], endpoint["newest"]) == ("2026-11-20", "2026-11-23")
    assert len(value["articles"]) == 2
    assert "archive" not in value["toml"]


def test_a_wix_blog_in_a_folder_needs_its_platform_only(
    site: Any, folder: Path, capsys: Any
) -> None:
    mark = '<meta name="generator" content="Wix.com Website Builder">'
    site.put(f"{WIX}", front(f"{WIX}/blog-feed.xml", head=mark).replace("Mill Lane", "Valley"))
    posts = [f"/post/story-{n}" for n in range(3)]
    site.put(f"{WIX}/blog-feed.xml", dated_feed(WIX, *posts, title="The Valley Post"))
    site.put(f"{WIX}/sitemap.xml", f"<urlset><url><loc>{WIX}/post/story-1</loc></url></urlset>")
    put_articles(site, WIX, *posts)
    answered(site, folder)
    value = found(capsys, f"{WIX}/post/story-1", "--articles", "1")
    assert value["source"]["home"] == WIX
    assert value["source"]["platform"] == "wix"
    assert value["toml"].splitlines()[1:] == [
        'name = "the-valley-post"',
        'title = "The Valley Post"',
        f'home = "{WIX}"',
        'language = "en"',
        'platform = "wix"',
    ]
    assert [e["url"] for e in value["endpoints"] if e["kept"]] == [
        f"{WIX}/blog-feed.xml",
        f"{WIX}/sitemap.xml",
    ]


def test_a_platforms_usual_addresses_are_no_law(site: Any, folder: Path, capsys: Any) -> None:
    mark = '<meta name="generator" content="Wix.com Website Builder">'
    site.put(f"{HOST}/", front("/blog-feed.xml", head=mark))
    site.put(f"{HOST}/blog-feed.xml", dated_feed(HOST, "/stories/the-bridge"))
    put_articles(site, HOST, "/stories/the-bridge")
    answered(site, folder)
    value = found(capsys, HOST)
    assert len(value["articles"]) == 1
    assert '[links]\ninclude = ["*"]' in value["toml"]
    assert run(["run"]) == 0
    assert "1 filed" in capsys.readouterr().out


def test_a_page_that_lists_articles_is_better_than_nothing(
    site: Any, folder: Path, capsys: Any
) -> None:
    paths = [f"/2026/the-long-story-of-the-river-{n}" for n in range(4)]
    body = "".join(f'<article><h2><a href="{path}">Story</a></h2></article>' for path in paths)
    site.put(f"{HOST}/", front(body=body))
    put_articles(site, HOST, *paths)
    answered(site, folder)
    value = found(capsys, HOST, "--articles", "1")
    assert [(e["kind"], e["links"], e["kept"]) for e in value["endpoints"]] == [
        ("listing", 4, True)
    ]
    assert any("list of articles" in problem for problem in value["problems"])
    assert 'kind = "listing"' in value["toml"]


def test_the_same_articles_in_two_feeds_need_one(paper: Any, folder: Path, capsys: Any) -> None:
    paths = [f"/news/{number}" for number in range(1, 4)]
    paper.put(f"{HOST}/", front("/feed", "/atom"))
    paper.put(f"{HOST}/atom", dated_feed(HOST, *paths))
    value = found(capsys, HOST, "--articles", "1")
    assert [(e["url"], e["kept"]) for e in value["endpoints"]] == [
        (f"{HOST}/feed", True),
        (f"{HOST}/atom", False),
    ]


# What goes wrong


def test_a_feed_of_other_sites_articles_is_told_with_the_remedy(
    paper: Any, folder: Path, capsys: Any
) -> None:
    paper.put(f"{HOST}/feed", dated_feed(HOST, "http://elsewhere.example/1"))
    value = found(capsys, HOST, code=1)
    assert any(
        "its one link leads to another site: elsewhere.example (1); [links] hosts" in problem
        for problem in value["problems"]
    )
    assert not value["usable"]
    assert not (folder / "publishers").exists()


def test_a_feeds_word_for_its_home_cannot_lead_inside(
    paper: Any, folder: Path, capsys: Any
) -> None:
    body = dated_feed(HOST, "/news/1").replace(
        f"<link>{HOST}/</link>", f"<link>http://127.0.0.1:{paper.port}/</link>"
    )
    paper.put(f"{HOST}/feed", body)
    value = found(capsys, f"{HOST}/feed", "--articles", "1")
    assert value["source"]["home"] == HOST
    assert any("front page cannot be read" in problem for problem in value["problems"])
    assert not [request for request in paper.log if request.host == "127.0.0.1"]


def test_a_stale_feed_is_told(paper: Any, folder: Path, capsys: Any) -> None:
    paper.put(f"{HOST}/feed", dated_feed(HOST, "/news/1", age=400))
    value = found(capsys, HOST, "--articles", "1")
    assert any("nothing newer than" in problem for problem in value["problems"])


@pytest.mark.parametrize(
    ("status", "body", "part"),
    [
        (404, "gone", "404"),
        (200, "just words", "expected a page, a feed or a sitemap"),
        (200, front(), "nothing written"),
    ],
)
def test_nothing_usable_is_told_and_nothing_is_written(
    site: Any, folder: Path, capsys: Any, status: int, body: str, part: str
) -> None:
    kind = "text/html" if "<" in body else "text/plain"
    site.put(f"{HOST}/", body, status, content_type=kind)
    answered(site, folder)
    before = (folder / "copydesk.toml").read_text()
    assert run(["add", HOST]) == 1
    captured = capsys.readouterr()
    assert part in captured.out + captured.err
    assert not (folder / "publishers").exists()
    assert (folder / "copydesk.toml").read_text() == before
    value = found(capsys, HOST, code=1)
    assert value["problems"]


@pytest.mark.parametrize(
    "arguments", [["ftp://mill-lane.example/"], ["http://"], [HOST, "--name", "Mill Lane"]]
)
def test_what_is_no_address_and_no_name_is_refused_at_once(
    arguments: list[str], capsys: Any
) -> None:
    assert run(["add", *arguments]) == 2
    assert "expected" in capsys.readouterr().err


def test_a_file_is_never_replaced_without_force(paper: Any, folder: Path, capsys: Any) -> None:
    path = folder / "publishers" / "courier.toml"
    path.parent.mkdir()
    mine = f'name = "courier"\nhome = "{HOST}"\n# mine\n'
    path.write_text(mine)
    assert run(["add", HOST, "--name", "courier"]) == 2
    assert "--force replaces it" in capsys.readouterr().err
    assert not paper.log
    assert path.read_text() == mine
    assert run(["add", HOST, "--name", "courier", "--articles", "1", "--force"]) == 0
    assert "# Found from" in path.read_text()


def test_a_site_that_is_known_is_switched_on_and_not_written_twice(
    paper: Any, folder: Path, capsys: Any
) -> None:
    path = folder / "publishers" / "old-name.toml"
    path.parent.mkdir()
    path.write_text(f'name = "old-name"\ntitle = "Courier"\nhome = "{HOST}/"\n')
    assert run(["add", HOST, "--articles", "1"]) == 0
    assert "there already as old-name" in capsys.readouterr().out
    assert [entry.name for entry in path.parent.iterdir()] == ["old-name.toml"]
    assert load_settings().select.names == ("old-name",)


def test_a_site_that_ships_is_pointed_out(site: Any, folder: Path, capsys: Any) -> None:
    home = "http://www.thearmenianreport.com"
    site.put(f"{home}/", front("/blog-feed.xml"))
    site.put(f"{home}/blog-feed.xml", dated_feed(home, "/post/a"))
    put_articles(site, home, "/post/a")
    answered(site, folder)
    assert run(["add", home]) == 0
    assert "already ships as armenian-report" in capsys.readouterr().out
    assert load_settings().select.names == ("armenian-report",)
    assert not (folder / "publishers").exists()


def test_a_private_address_needs_to_be_asked_for(site: Any, folder: Path, capsys: Any) -> None:
    home = f"http://127.0.0.1:{site.port}"
    site.put("http://127.0.0.1/", front("/feed"))
    site.put("http://127.0.0.1/feed", dated_feed(home, "/news/1"))
    put_articles(site, "http://127.0.0.1", "/news/1")
    (folder / "copydesk.toml").write_text(
        "[collect]\nworkers = 0\n[client]\nretries = 0\ndelay = 0\n"
    )
    assert run(["add", home]) == 1
    assert "--allow-private" in capsys.readouterr().err
    assert not site.log
    value = found(capsys, home, "--allow-private")
    assert "allow_private = true" in value["toml"]
    assert len(value["articles"]) == 1


# What a site says of itself

COURIER = "https://www.mill-lane.example"


@pytest.mark.parametrize(
    ("head", "feed", "title"),
    [
        ('<meta property="og:site_name" content="Mill Lane Courier">', "x", "Mill Lane Courier"),
        ("", "Mill Lane Courier - RSS Feed", "Mill Lane Courier"),
        ("", "Sport | Mill Lane Courier", "Mill Lane Courier"),
        ("", "Mill Lane » Feed", "Mill Lane"),
        ("<title>Mill Lane Courier – News from the valley</title>", None, "Mill Lane Courier"),
        (
            '<meta property="og:site_name" content="mill-lane.example">',
            "The Courier",
            "The Courier",
        ),
        ("<title>Council votes on the bridge after a long night of talks</title>", "RSS", None),
    ],
)
def test_the_title_is_the_sites_own_word(head: str, feed: str | None, title: str | None) -> None:
    page = HtmlPage.parse(f"<html><head>{head}</head></html>")
    assert site_title(COURIER, page, [FeedHead(feed)]) == title


@pytest.mark.parametrize(
    ("home", "locale", "lang", "country"),
    [
        ("https://paper.co.uk", None, "en", "GB"),
        ("https://paper.am", None, "hy", "AM"),
        ("https://paper.io", None, "en", None),
        ("https://paper.com", "hy_AM", "hy", "AM"),
        ("https://paper.com", "en_US", "en", None),
        ("https://paper.com", "de_DE", "de-CH", None),
        ("https://paper.com", "es_LA", "es", None),
        ("https://name.blogspot.de", None, "de", None),
    ],
)
def test_a_country_is_said_only_where_it_is_sure(
    home: str, locale: str | None, lang: str, country: str | None
) -> None:
    meta = f'<meta property="og:locale" content="{locale}">' if locale else ""
    page = HtmlPage.parse(f"<html lang={lang}><head>{meta}</head></html>")
    assert country_of(home, page) == country


def test_the_language_is_that_of_most_articles() -> None:
    page = HtmlPage.parse("<html lang=en>")
    assert likeliest_language(["hy", "hy", "en"], page) == "hy"
    assert likeliest_language([], page, [FeedHead(language="de")]) == "en"
    assert likeliest_language([], None, [FeedHead(language="de")]) == "de"


@pytest.mark.parametrize(
    ("title", "language", "name"),
    [
        ("The Armenian Report", None, "the-armenian-report"),
        ("Süddeutsche Blätter", "de", "sueddeutsche-blaetter"),
        ("Haberdar Gazetesi: Günlük", "tr", "haberdar-gazetesi-gunluk"),
        ("L’Écho & Co.", "fr", "lecho-and-co"),
        ("Łódź", "pl", "lodz"),
        ("Հայկական լուրեր", "hy", ""),
        ("a" * 80, None, "a" * 50),
    ],
)
def test_names_are_made_of_titles(title: str, language: str | None, name: str) -> None:
    assert slug(title, language) == name


def test_a_name_that_is_taken_or_empty_gives_way() -> None:
    home = "https://www.lurer.am"
    assert free_name("Հայկական լուրեր", home, ()) == "lurer"
    assert free_name("The Times", home, {"the-times"}) == "lurer"
    assert free_name("The Times", home, {"the-times", "lurer", "lurer-am"}) == "the-times-2"
    assert free_name(None, "https://name.wixsite.com/valley-post", ()) == "valley-post"


def test_titles_of_one_site_share_its_name() -> None:
    assert common_title(["Sport – Courier", "Politics – Courier"]) == "Courier"
    assert common_title(["Courier", "Courier: Sport"]) == "Courier"
    assert common_title(["One", "Two"]) is None


# Blogs in folders, feeds elsewhere


BLOG = f"{HOST}/blog/"


def blog_feed(title: str = "The harbour blog", home: str = BLOG) -> str:
    body = dated_feed(HOST, "/blog/news/1", "/blog/news/2", title=title)
    return body.replace(f"<link>{HOST}/</link>", f"<link>{home}</link>")


@pytest.fixture
def blog(site: Any, folder: Path) -> Any:
    """A shop, and a blog in a folder of it that announces nothing."""
    site.put(f"{HOST}/", "<html><title>Boats</title><body><h1>We sell boats</h1></body></html>")
    site.put(
        BLOG, "<html lang=en><title>The harbour blog</title><body><h1>Harbour</h1></body></html>"
    )
    site.put(f"{BLOG}feed/", blog_feed())
    put_articles(site, HOST, "/blog/news/1", "/blog/news/2")
    answered(site, folder)
    return site


@pytest.mark.parametrize("address", [BLOG, f"{BLOG}feed/"])
def test_a_blog_in_a_folder_of_a_shop_is_a_site_of_its_own(
    blog: Any, folder: Path, capsys: Any, address: str
) -> None:
    value = found(capsys, address, "--articles", "1")
    assert value["source"]["home"] == BLOG
    assert value["source"]["title"] == "The harbour blog"
    assert [endpoint["url"] for endpoint in value["endpoints"]] == [f"{BLOG}feed/"]


def test_a_wordpress_in_a_folder_is_a_site_of_its_own_whichever_page_is_given(
    blog: Any, folder: Path, capsys: Any
) -> None:
    api = f'<link rel="https://api.w.org/" href="{BLOG}wp-json/">'
    blog.put(f"{HOST}/blog/news/1", article_page("Story number 1", 1, head=api))
    value = found(capsys, f"{HOST}/blog/news/1", "--articles", "1")
    assert value["source"]["home"] == BLOG


def test_a_section_of_a_paper_is_the_papers(blog: Any, folder: Path, capsys: Any) -> None:
    # By its name, and by a feed that the front page announces.
    blog.put(f"{BLOG}feed/", blog_feed(title="Boats - Latest news"))
    assert found(capsys, BLOG, "--articles", "1")["source"]["home"] == HOST
    blog.put(f"{BLOG}feed/", blog_feed())
    blog.put(f"{HOST}/", front("/feed"))
    blog.put(f"{HOST}/feed", dated_feed(HOST, "/blog/news/1", "/blog/news/2"))
    assert found(capsys, BLOG, "--articles", "1", "--force")["source"]["home"] == HOST


def test_a_feed_on_a_services_host_is_taken_where_the_front_page_names_it(
    site: Any, folder: Path, capsys: Any
) -> None:
    service = "http://feeds.service.example/courier"
    site.put(f"{HOST}/", front(service))
    site.put(service, dated_feed(HOST, "/news/1", "/news/2"))
    put_articles(site, HOST, "/news/1", "/news/2")
    answered(site, folder)
    value = found(capsys, HOST, "--articles", "1")
    assert [endpoint["url"] for endpoint in value["endpoints"]] == [service]
    assert value["source"]["home"] == HOST
    assert run(["run"]) == 0
    assert "2 filed" in capsys.readouterr().out


def test_a_feed_most_of_whose_links_lead_elsewhere_is_told_by_add_and_check(
    paper: Any, folder: Path, capsys: Any
) -> None:
    others = [f"http://elsewhere.example/{number}" for number in range(9)]
    paper.put(f"{HOST}/feed", dated_feed(HOST, "/news/1", *others))
    value = found(capsys, HOST, "--articles", "1")
    said = "9 of 10 links lead to other sites: elsewhere.example (9); [links] hosts"
    assert any(said in problem for problem in value["problems"])
    run(["sources", "check", "mill-lane-courier"])
    assert said in capsys.readouterr().out
