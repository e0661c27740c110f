"""Writing source files: what is written reads as what it was made of, and as a person would write."""

from __future__ import annotations

import stat
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from sources.catalogue import Catalogue
from sources.errors import SourceFileError
from sources.platforms import apply_platform, load_platform
from sources.source import (
    Endpoint,
    ExtractRules,
    FetchRules,
    LinkRules,
    Schedule,
    Source,
)
from sources.source_file import load_source_file, parse_source
from sources.source_file_text import source_file_text, write_source_file

HOME = "https://www.mill-lane.example"
PAPER = Source("mill-lane", HOME, "Mill Lane Courier", shipped=False)


def test_a_file_says_only_what_differs_from_the_defaults() -> None:
    source = replace(
        PAPER,
        language="en",
        country="GB",
        endpoints=(
            Endpoint("feed", f"{HOME}/feed"),
            Endpoint("listing", f"{HOME}/news/{{page}}", 'h2 a[rel="bookmark"]'),
            Endpoint("sitemap", f"{HOME}/sitemap.xml", archive=True),
        ),
        schedule=Schedule(every=timedelta(minutes=90)),
        fetch=FetchRules(delay=2.0, robots=False, headers=(("X-Reader", "desk"),)),
        extract=ExtractRules(chrome=("Read more",)),
    )
    assert (
        source_file_text(source, comment="Found from the front page,\n2026-11-24.")
        == """\
# Found from the front page,
# 2026-11-24.
name = "mill-lane"
title = "Mill Lane Courier"
home = "https://www.mill-lane.example"
language = "en"
country = "GB"

[[endpoint]]
kind = "feed"
url = "https://www.mill-lane.example/feed"

[[endpoint]]
kind = "listing"
url = "https://www.mill-lane.example/news/{page}"
selector = 'h2 a[rel="bookmark"]'

[[endpoint]]
kind = "sitemap"
url = "https://www.mill-lane.example/sitemap.xml"
archive = true

[schedule]
every = "90m"

[fetch]
delay = 2
robots = false

[fetch.headers]
X-Reader = "desk"

[extract]
chrome = ["Read more"]
"""
    )


@pytest.mark.parametrize("platform", ["wix", "wordpress", "ghost"])
def test_what_the_platform_gives_is_not_repeated(platform: str) -> None:
    text = f'name = "mill-lane"\ntitle = "Mill Lane Courier"\nhome = "{HOME}"\nplatform = "{platform}"\n'
    assert source_file_text(parse_source(text)) == text
    assert source_file_text(replace(PAPER, platform=platform)) == text


def test_own_rules_stay_before_the_platforms() -> None:
    first, second, *_ = (*load_platform("wix").extract.body, "main")
    text = (
        f'name = "mill-lane"\nhome = "{HOME}"\nplatform = "wix"\n'
        f"[links]\ninclude = [\"*/post/*\"]\nexclude = [\"*/post/ad-*\"]\n[extract]\nbody = ['{second}', '{first}']\n"
    )
    source = parse_source(text)
    assert parse_source(source_file_text(source)) == source
    assert source.extract.body[0] == second


def test_every_shipped_file_reads_the_same_after_writing() -> None:
    for source in Catalogue.load().all():
        assert source.path is not None
        again = parse_source(source_file_text(source), path=source.path, shipped=True)
        assert again == source


def test_a_comment_stays_a_comment() -> None:
    text = source_file_text(PAPER, comment='https://a.example/\x00"\x1b[31m\x85name = "x"')
    assert parse_source(text) == PAPER
    assert all(line.startswith("# ") for line in text.split('name = "mill-lane"')[0].splitlines())


def test_a_path_stays_relative_to_its_file(tmp_path: Path) -> None:
    path = tmp_path / "paper.toml"
    path.write_text(
        f'name = "paper"\nhome = "{HOME}"\n[[endpoint]]\nkind = "folder"\nurl = "saved/pages"\n'
    )
    source = load_source_file(path)
    text = source_file_text(source)
    assert 'url = "saved/pages"' in text
    assert parse_source(text, path=path) == source


# Any source

NAMES = st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,2}", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
LINES = TEXTS.filter(lambda text: text.strip() and all(ord(char) >= 32 for char in text))
PATHS = st.from_regex(r"/[a-z0-9{}?&=._~%-]{0,20}", fullmatch=True)
ADDRESSES = st.builds("https://{}.example{}".format, NAMES, PATHS | st.just(""))
SELECTORS = st.lists(
    st.sampled_from(["p", "article > p", 'a[rel="x"]', "a[rel='x']", '[data-hook="post-description"]',
                     ".entry-content", "form", ".sharedaddy", ".post-content"]), max_size=5
)  # fmt: skip
GLOBS = st.lists(
    TEXTS | st.sampled_from(["*/post/*", "*/single-post/*", "*/tag/*", "*/author/*"]), max_size=5
)


def optional(**strategies: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=strategies)


DURATIONS = st.integers(1, 720).map("{}h".format)
ENDPOINTS = st.one_of(
    st.fixed_dictionaries(
        {
            "kind": st.sampled_from(["feed", "sitemap", "wordpress", "ghost"]),
            "url": ADDRESSES | PATHS,
        },
        optional={"archive": st.booleans()},
    ),
    st.fixed_dictionaries(
        {
            "kind": st.just("listing"),
            "url": ADDRESSES,
            "selector": SELECTORS.filter(bool).map(lambda s: s[0]),
        }
    ),
    st.fixed_dictionaries(
        {"kind": st.sampled_from(["warc", "folder"]), "url": LINES | ADDRESSES | PATHS}
    ),
    st.fixed_dictionaries(
        {"kind": st.just("cdx"), "url": ADDRESSES}, optional={"replay": ADDRESSES}
    ),
)
FILES = st.fixed_dictionaries(
    {"name": NAMES, "home": ADDRESSES},
    optional={
        "title": LINES,
        "language": st.sampled_from(["en", "HY"]),
        "country": st.sampled_from(["am", "GB"]),
        "platform": st.sampled_from(["wix", "wordpress", "ghost"]),
        "endpoint": st.lists(ENDPOINTS, max_size=3),
        "schedule": optional(every=DURATIONS)
        | st.fixed_dictionaries(
            {"cron": st.just("*/5 6-22 * * *")},
            optional={"zone": st.sampled_from(["UTC", "Europe/Berlin"])},
        ),
        "links": optional(
            include=GLOBS,
            exclude=GLOBS,
            hosts=st.lists(NAMES.map("{}.example".format), max_size=2),
            max_age=DURATIONS,
        ),
        "fetch": optional(
            delay=st.floats(0, 3600, allow_nan=False) | st.integers(0, 3600),
            concurrency=st.integers(1, 64),
            allow_private=st.booleans(),
            robots=st.booleans(),
            render=st.booleans(),
            proxy=st.just("socks5://user:pass@proxy.example:1080"),
            user_agent=st.from_regex(r"[\x20-\x7e]{1,20}", fullmatch=True),
            headers=st.dictionaries(
                st.from_regex(r"[A-Za-z0-9-]{1,10}", fullmatch=True),
                st.from_regex(r"[\x20-\x7e]{0,10}", fullmatch=True),
            ),
        ),
        "extract": optional(
            title=SELECTORS,
            body=SELECTORS,
            remove=SELECTORS,
            authors=SELECTORS,
            chrome=st.lists(LINES, max_size=3),
        ),
    },
)


@given(FILES)
def test_whatever_a_file_says_is_written_back(values: dict[str, Any]) -> None:
    try:
        source = parse_source(tomlkit.dumps(values))
    except SourceFileError:
        return  # a path that is no address, say
    assert parse_source(source_file_text(source)) == source


@given(
    st.builds(
        Source,
        name=NAMES,
        home=st.just(HOME),
        title=LINES,
        platform=st.sampled_from([None, "wix", "wordpress", "ghost"]),
        links=st.builds(
            LinkRules, include=GLOBS.map(tuple), exclude=GLOBS.map(lambda g: tuple(set(g)))
        ),
        extract=st.builds(ExtractRules, body=SELECTORS.map(lambda s: tuple(dict.fromkeys(s)))),
        shipped=st.just(False),
    )
)
def test_a_source_made_in_code_reads_with_its_platform_applied(source: Source) -> None:
    assert parse_source(source_file_text(source)) == apply_platform(source)


# Writing


def test_a_file_is_written_whole_and_never_over_another(tmp_path: Path) -> None:
    path = tmp_path / "publishers" / "mill-lane.toml"
    write_source_file(PAPER, path)
    assert load_source_file(path) == replace(PAPER, path=path)
    assert stat.S_IMODE(path.stat().st_mode) & 0o400
    changed = replace(PAPER, language="en")
    with pytest.raises(SourceFileError, match="already"):
        write_source_file(changed, path)
    assert load_source_file(path).language is None
    write_source_file(changed, path, replace=True)
    assert load_source_file(path).language == "en"
    assert [entry.name for entry in path.parent.iterdir()] == ["mill-lane.toml"]


def test_what_would_be_no_source_file_is_not_written(tmp_path: Path) -> None:
    for source, part in (
        (replace(PAPER, name="Mill Lane"), "name"),
        (replace(PAPER, home="mill-lane"), "home"),
    ):
        with pytest.raises(SourceFileError, match=part):
            write_source_file(source, tmp_path / f"{source.name}.toml")
    assert not list(tmp_path.iterdir())


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "publishers").write_text("a file")
    with pytest.raises(SourceFileError, match="cannot be written"):
        write_source_file(PAPER, tmp_path / "publishers" / "mill-lane.toml")
