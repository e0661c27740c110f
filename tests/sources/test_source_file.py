"""What a source file may say, and how its mistakes are told."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.duration import format_duration, parse_duration
from sources.errors import SourceFileError
from sources.platforms import detect_platform, load_platform, platform_names
from sources.source_file import load_source_file, parse_source

SMALLEST = 'name = "paper"\nhome = "https://paper.example"\n'


def written(folder: Path, text: str | bytes, name: str = "paper.toml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_name_and_a_home_are_enough() -> None:
    source = parse_source(SMALLEST)
    assert (source.name, source.home, source.title) == ("paper", "https://paper.example", "paper")
    assert source.endpoints == ()
    assert source.fetch.robots
    assert not source.fetch.allow_private


def test_everything_that_the_format_has() -> None:
    source = parse_source(
        SMALLEST
        + """
        title = "The Paper"
        language = "EN"
        country = "am"
        [[endpoint]]
        kind = "feed"
        url = "/feed.xml"
        [[endpoint]]
        kind = "listing"
        url = "https://paper.example/news/"
        selector = "article h2 a"
        [schedule]
        every = "15m"
        [links]
        include = ["*/story/*"]
        exclude = "*/video/*"
        hosts = ["media.paper.example"]
        max_age = "14d"
        [fetch]
        delay = "2s"
        concurrency = 1
        allow_private = true
        robots = false
        user_agent = "Mine/1"
        headers = { Accept-Language = "hy" }
        [extract]
        body = "div.text"
        remove = [".share", ".more"]
        chrome = ["Ad for subscribing to The Paper"]
        """
    )
    assert (source.language, source.country) == ("en", "AM")
    assert source.endpoints[0].url == "https://paper.example/feed.xml"
    assert source.endpoints[1].selector == "article h2 a"
    assert source.schedule.every == timedelta(minutes=15)
    assert source.links.exclude == ("*/video/*",)
    assert source.fetch.delay == 2.0
    assert source.fetch.headers == (("Accept-Language", "hy"),)
    assert source.extract.body == ("div.text",)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("name = \n", ["not valid TOML", "line 1"]),
        ("when = 2026-99-99", ["not valid TOML"]),
        ('name = "paper"', ["home", "missing"]),
        (SMALLEST + 'langage = "en"', ["langage", "unknown key", "language"]),
        (SMALLEST + "[fetch]\nrobot = true", ["fetch.robot", "unknown key", "robots"]),
        (SMALLEST.replace("https:", "ftp:"), ["home", "http://", "ftp:"]),
        (SMALLEST + 'language = "english"', ["language", "ISO 639-1", "english"]),
        (SMALLEST + 'country = "Armenia"', ["country", "ISO 3166-1", "Armenia"]),
        (SMALLEST + 'platform = "geocities"', ["platform", "wix", "geocities"]),
        (SMALLEST.replace('"paper"', '"The Paper"'), ["name", "lower-case", "The Paper"]),
        (SMALLEST + '[[endpoint]]\nkind = "feed"\nurl = "/f"\n[[endpoint]]\nkind = "fax"\nurl = "/x"', ["endpoint[1].kind", "feed, sitemap, listing", "fax"]),
        (SMALLEST + '[[endpoint]]\nkind = "listing"\nurl = "/n"', ["endpoint[0]", "selector"]),
        (SMALLEST + '[[endpoint]]\nkind = "listing"\nurl = "/n"\nselector = "a["', ["endpoint[0].selector", "CSS selector", "a["]),
        (SMALLEST + '[[endpoint]]\nkind = "feed"\nurl = "feed.xml"', ["endpoint[0].url", "http://", "feed.xml"]),
        (SMALLEST + '[schedule]\nevery = "often"', ["schedule.every", "15m", "often"]),
        (SMALLEST + '[schedule]\nevery = "1s"', ["schedule", "1m", "30d"]),
        (SMALLEST + '[schedule]\ncron = "soon"', ["schedule", "crontab"]),
        (SMALLEST + '[schedule]\nevery = "1h"\ncron = "* * * * *"', ["schedule", "not both"]),
        (SMALLEST + "[fetch]\nconcurrency = 0", ["fetch.concurrency", "greater than or equal to 1"]),
        (SMALLEST + '[fetch]\nallow_private = "maybe"', ["fetch.allow_private", "maybe"]),
        (SMALLEST + '[extract]\nbody = ["p", "::"]', ["extract.body[1]", "CSS selector"]),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line_with_file_key_and_remedy(
    tmp_path: Path, text: str, parts: list[str]
) -> None:
    path = written(tmp_path, text)
    with pytest.raises(SourceFileError) as raised:
        load_source_file(path)
    message = str(raised.value)
    assert message.startswith(str(path))
    assert "\n" not in message
    for part in parts:
        assert part in message


def test_several_mistakes_are_told_at_once() -> None:
    with pytest.raises(SourceFileError, match=r"and 2 more: country, nonsense"):
        parse_source('name = "paper"\nhome = "x"\ncountry = "x"\nnonsense = 1')


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"\xff\xfename", "UTF-8"),
        (b"", "name: missing"),
        (b"name = \x00", "not valid TOML"),
        (b"#" * 2_000_000, "1 MiB"),
        (b"a = " + b"[" * 50_000, "not valid TOML"),
    ],
)
def test_a_file_that_is_no_source_file(tmp_path: Path, content: bytes, part: str) -> None:
    with pytest.raises(SourceFileError, match=part):
        load_source_file(written(tmp_path, content))


def test_a_folder_and_a_missing_file_are_told_apart_from_bad_toml(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.toml"):
        with pytest.raises(SourceFileError, match="cannot be read"):
            load_source_file(path)


def test_the_name_is_the_files(tmp_path: Path) -> None:
    with pytest.raises(SourceFileError, match="expected 'other'"):
        load_source_file(written(tmp_path, SMALLEST, "other.toml"))


@given(st.text(max_size=200))
def test_any_text_is_a_source_or_a_source_file_error(text: str) -> None:
    try:
        parse_source(text)
    except SourceFileError as error:
        assert "\n" not in str(error)


@given(st.integers(0, 10**8))
def test_durations_read_as_they_are_written(seconds: int) -> None:
    duration = timedelta(seconds=seconds)
    assert parse_duration(format_duration(duration)) == duration


@pytest.mark.parametrize("bad", ["", "5", "m", "-5m", "1.5h", "5 m", "٥m", "1_0m"])
def test_what_is_no_duration_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match="15m"):
        parse_duration(bad)


def test_a_platform_gives_endpoints_and_selectors_behind_the_sources_own() -> None:
    source = parse_source(
        SMALLEST + 'platform = "wix"\n[extract]\nbody = "#mine"\nchrome = ["Own line"]'
    )
    assert source.endpoints[0].url == "https://paper.example/blog-feed.xml"
    assert source.extract.body[0] == "#mine"
    assert '[data-hook="post-description"]' in source.extract.body
    assert {"Own line", "top of page"} <= set(source.extract.chrome)


def test_own_endpoints_replace_the_platforms() -> None:
    source = parse_source(
        SMALLEST + 'platform = "wix"\n[[endpoint]]\nkind = "feed"\nurl = "/mine.xml"'
    )
    assert [endpoint.url for endpoint in source.endpoints] == ["https://paper.example/mine.xml"]


def test_a_platform_is_known_by_its_marks() -> None:
    marks = {
        "wix": '<meta name="generator" content="Wix.com Website Builder">',
        "wordpress": '<link href="https://a.example/wp-content/themes/x/style.css">',
        "ghost": '<meta name="generator" content="Ghost 5.8">',
    }
    assert set(marks) == set(platform_names())
    for name, markup in marks.items():
        assert detect_platform(f"<html><head>{markup}</head></html>") == name
    assert detect_platform("<html><head><title>plain</title></head></html>") is None


def test_every_preset_has_selectors_that_work() -> None:
    from selectolax.lexbor import LexborHTMLParser

    page = LexborHTMLParser("<p></p>")
    for name in platform_names():
        rules = load_platform(name).extract
        for selector in (
            *rules.title,
            *rules.body,
            *rules.authors,
            *rules.standfirst,
            *rules.remove,
        ):
            page.css(selector)
