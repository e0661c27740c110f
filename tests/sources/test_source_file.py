"""What a source file may say, and how its mistakes are told."""

from __future__ import annotations

import os
import string
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from sources.errors import SourceFileError
from sources.source_file import load_source_file, parse_source
from sources.times.duration import format_duration, parse_duration

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
        (SMALLEST + '[[endpoint]]\nkind = "listing"\nurl = "/n"', ["endpoint[0].selector", "missing"]),
        (SMALLEST + '[[endpoint]]\nkind = "listing"\nurl = "/n"\nselector = "a["', ["endpoint[0].selector", "CSS selector", "a["]),
        (SMALLEST + '[[endpoint]]\nkind = "feed"\nurl = "feed.xml"', ["endpoint[0].url", "http://", "feed.xml"]),
        (SMALLEST + '[schedule]\nevery = "often"', ["schedule.every", "15m", "often"]),
        (SMALLEST + '[schedule]\nevery = "1s"', ["schedule.every", "1m", "30d", "found '1s'"]),
        (SMALLEST + '[schedule]\ncron = "soon"', ["schedule.cron", "crontab", "found 'soon'"]),
        (SMALLEST + '[schedule]\ncron = "0 6 * * 5-8"', ["schedule.cron", "weekdays", "0 (Sunday)"]),
        (SMALLEST + '[schedule]\ncron = "0 6 * * *"\nzone = "Berlin"', ["schedule.zone", "Europe/Berlin", "found 'Berlin'"]),
        (SMALLEST + '[schedule]\ncron = "0 6 * * *"\nzone = "../UTC"', ["schedule.zone", "IANA"]),
        (SMALLEST + '[schedule]\nevery = "1h"\nzone = "UTC"', ["schedule", "zone belongs to cron"]),
        (SMALLEST + '[schedule]\nevery = "1h"\ncron = "* * * * *"', ["schedule", "not both"]),
        (SMALLEST + "[fetch]\nconcurrency = 0", ["fetch.concurrency", "greater than or equal to 1"]),
        (SMALLEST + '[fetch]\nallow_private = "maybe"', ["fetch.allow_private", "maybe"]),
        (SMALLEST + '[extract]\nbody = ["p", "::"]', ["extract.body[1]", "CSS selector"]),
        (SMALLEST + "[extract]\nbody = 5", ["extract.body", "a string or a list of strings"]),
        (SMALLEST + f'[extract]\nbody = "{":not(" * 5000}"', ["extract.body", "CSS selector"]),
        (SMALLEST + '[extract]\nchrome = " "', ["extract.chrome", "one line of text"]),
        (SMALLEST + '[extract]\naccept = ["article"]', ["extract.accept", "/live/*", "forum, found 'article'"]),
        (SMALLEST + '[extract]\nrefuse = ["forum"]', ["extract.refuse", "gallery, video", "found 'forum'"]),
        (SMALLEST + '[extract]\nrefuse = ""', ["extract.refuse[0]", "some text"]),
        (SMALLEST + 'title = "Two\\nlines"', ["title", "one line of text"]),
        (SMALLEST + 'country = "UK"', ["country", '"GB"']),
        (SMALLEST + '[endpoint]\nkind = "feed"', ["endpoint", "[[endpoint]]", "two brackets"]),
        (SMALLEST + '[[endpoint]]\nkind = "feed"', ["endpoint[0].url", "every endpoint needs it"]),
        (SMALLEST + '[[endpoint]]\nkind = "feed"\nurl = "/f"\nselector = "a"', ["endpoint[0].selector", "leave it out"]),
        (SMALLEST + 'schedule = "15m"', ["schedule", "expected a table", "15m"]),
        (SMALLEST + '[schedule]\nlanguage = "en"', ["schedule.language", "above the first table"]),
        (SMALLEST + 'every = "15m"', ["every", "belongs in [schedule]"]),
        (SMALLEST + '"a\\nb" = 1', ['"a\\nb"', "unknown key", "expected one of"]),
        (SMALLEST + '[links]\nmax_age = "999999999d"', ["links.max_age", "36500d"]),
        (SMALLEST + '[links]\nmax_age = "0d"', ["links.max_age", "leave it out for any age"]),
        (SMALLEST + '[fetch]\nrobots = "off"', ["fetch.robots", "true or false", "off"]),
        (SMALLEST + "[fetch]\nconcurrency = true", ["fetch.concurrency", "a whole number"]),
        (SMALLEST + "[fetch]\ndelay = nan", ["fetch.delay", "nan"]),
        (SMALLEST + '[fetch.headers]\n"a b" = "c"', ['fetch.headers."a b"', "header's name"]),
        (SMALLEST + '[fetch.headers]\na = "b\\r\\nc: d"', ["fetch.headers.a", "printable ASCII"]),
        (SMALLEST.replace("paper.example", "a..example"), ["home", "http://"]),
        (SMALLEST.replace("paper.example", "paper.example:0"), ["home", "http://"]),
        ("number = " + "9" * 5000, ["not valid TOML", "out of range"]),
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
    assert len(message.splitlines()) == 1
    assert len(message) < 600
    for part in parts:
        assert part in message


def test_several_mistakes_are_told_at_once() -> None:
    with pytest.raises(SourceFileError, match=r"and 2 more: country, nonsense") as raised:
        parse_source('name = "paper"\nhome = "x"\ncountry = "x"\nnonsense = 1')
    assert [fault.partition(":")[0] for fault in raised.value.faults] == [
        "home",
        "country",
        "nonsense",
    ]


def test_a_thousand_mistakes_are_still_one_line_to_read() -> None:
    with pytest.raises(SourceFileError) as raised:
        parse_source(SMALLEST + "".join(f"key{number} = 1\n" for number in range(1000)))
    assert len(raised.value.faults) == 1000
    assert len(str(raised.value)) < 600


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


@pytest.mark.skipif(sys.platform == "win32", reason="no named pipes in folders")
def test_a_pipe_is_refused_and_never_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "paper.toml")
    with pytest.raises(SourceFileError, match="regular file"):
        load_source_file(tmp_path / "paper.toml")


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    content = b"\xef\xbb\xbf" + SMALLEST.replace("\n", "\r\n").encode()
    assert load_source_file(written(tmp_path, content)).name == "paper"


def test_the_name_is_the_files(tmp_path: Path) -> None:
    with pytest.raises(SourceFileError, match="expected 'other'"):
        load_source_file(written(tmp_path, SMALLEST, "other.toml"))
    with pytest.raises(SourceFileError, match=r"call the file paper\.toml"):
        load_source_file(written(tmp_path, SMALLEST, "PAPER.toml"))


@given(st.text(max_size=200))
def test_any_text_is_a_source_or_a_source_file_error(text: str) -> None:
    try:
        parse_source(text)
    except SourceFileError as error:
        assert len(str(error).splitlines()) == 1
        assert error.faults


#: Words that lead deep into the validation, beside text that does not.
WORDS = st.sampled_from(
    ["", "feed", "listing", "/feed.xml", "https://a.example/", "http://[", "15m", "99999999999d", "0s",
     "*/5 * * * *", "* * * * * *", "1-9999999999 * * * *", "p > a", "a[", "en", "GB", "wix", "-", "\x00"]
)  # fmt: skip
VALUES = st.recursive(
    WORDS
    | st.text(max_size=20)
    | st.text("0123456789*/,-L# monfi", max_size=20)
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats()
    | st.booleans()
    | st.datetimes()
    | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


def table(*keys: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from(keys) | st.text(max_size=5), VALUES, max_size=5)


TABLES = {
    "endpoint": st.lists(table("kind", "url", "selector", "archive"), max_size=3),
    "schedule": table("every", "cron", "zone"),
    "links": table("include", "exclude", "hosts", "max_age"),
    "fetch": table("delay", "concurrency", "allow_private", "robots", "user_agent", "headers"),
    "extract": table("title", "body", "authors", "remove", "chrome", "tags"),
}


@given(
    table("name", "home", "title", "language", "country", "platform"),
    st.fixed_dictionaries({}, optional={k: v | VALUES for k, v in TABLES.items()}),
)
def test_any_toml_is_a_source_or_a_source_file_error(
    top: dict[str, Any], tables: dict[str, Any]
) -> None:
    text = tomlkit.dumps({"name": "paper", "home": "https://paper.example", **top, **tables})
    try:
        source = parse_source(text)
    except SourceFileError as error:
        assert len(str(error).splitlines()) == 1
        assert error.faults
    else:
        assert set(source.name) <= set(string.ascii_lowercase + string.digits + "-")
        assert all(endpoint.url.startswith("http") for endpoint in source.endpoints)


@given(st.integers(0, 10**8))
def test_durations_read_as_they_are_written(seconds: int) -> None:
    duration = timedelta(seconds=seconds)
    assert parse_duration(format_duration(duration)) == duration


@pytest.mark.parametrize("bad", ["", "5", "m", "-5m", "1.5h", "5 m", "٥m", "1_0m"])
def test_what_is_no_duration_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match="15m"):
        parse_duration(bad)
