"""``docs/json.md`` names every key that leaves, and nothing else; one key means one thing."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ingest.cli.app import run
from ingest.extract import Refusal
from ingest.health.state import Finding, SourceHealth
from ingest.views.article_json import article_json, hit_json, stored_json, summary_json
from ingest.views.article_text import plain
from ingest.views.feed_json import change_json, diff_json
from ingest.views.json_values import json_line
from ingest.views.status_json import status_json
from ingest.views.story_json import whole_story_json
from ingest.views.template_health import TemplateNote
from ingest.views.word_diff import compare_paragraphs
from storage.article import JSON_KEYS
from storage.changes import KINDS, read_changes
from storage.database import Database
from storage.reading import queries
from storage.reading.overview import overview_of
from storage.search.search import search
from storage.stories.queries import get_story
from tests.ingest.views.conftest import STATED

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "json.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^##+ ([A-Z][\w ]+)\n(.*?)(?=^##|\Z)", PAGE, re.M | re.S))
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


def documented(section: str) -> list[str]:
    return re.findall(r"^\| `(\w+)` \|", SECTIONS[section], re.M)


@pytest.fixture
def made(filed: Database) -> dict[str, dict[str, Any]]:
    """One object of each shape, as the views make it of a real database."""
    with filed.reading() as c:
        stored = queries.get_article(c, 1)
        assert stored is not None
        assert stored.story_id is not None
        found = get_story(c, stored.story_id)
        assert found is not None
        old, new = queries.versions_of(c, 1)
        paragraphs = compare_paragraphs(list(old.blocks), list(new.blocks))
        now = datetime.now(UTC)
        status = queries.source_status(c)[0]
        seen = overview_of(c, now)[status.name]
        finding = Finding("empty", "broken", now, "it announces nothing", "look at it", 2)
        health = SourceHealth("broken", now, "empty", finding.why, finding.advice, (finding,))
        note = TemplateNote("herald", "article@1", datetime.now(UTC), None, None)
        problem = queries.LinkProblem(1, "herald", "u", "failed", None, None, 500, 1, None, None)
        objects = {
            "Article": article_json(stored.article),
            "Refusal": Refusal(None, "listing", "40 links").as_json(),
            "Filed article": stored_json(stored),
            "Summary": summary_json(queries.list_articles(c)[-1]),
            "Search hit": hit_json(search(c, "ferry")[0]),
            "Story": whole_story_json(*found),
            "Change": change_json(read_changes(c, 0)[0], url=None, title=None),
            "Difference": diff_json(1, old, new, paragraphs),
            "Source status": status_json(
                status,
                seen,
                now,
                on=True,
                health=health,
                daemon=None,
                notes=[note],
                problems=[problem],
            ),
        }
    parts = {
        "Block": objects["Article"]["blocks"],
        "Credit": objects["Article"]["credits"],
        "Struck line": objects["Article"]["struck"],
        "Origin": [objects["Filed article"]["story_origin"]],
        "Revision": objects["Filed article"]["revisions"],
        "Snippet": [objects["Search hit"]["snippet"]],
        "Member": objects["Story"].pop("members"),
        "Paragraph": objects["Difference"]["paragraphs"],
        "Finding": objects["Source status"]["health"]["findings"],
        "Template note": objects["Source status"]["templates"],
        "Link problem": objects["Source status"]["problems"],
    }
    return {**objects, **{name: part[0] for name, part in parts.items()}}


def test_every_key_is_documented_and_every_documented_key_is_there(made: Any) -> None:
    whole = {
        "Filed article": ["id", *documented("Article"), *documented("Filed article")[1:]],
        "Search hit": [*documented("Summary"), *documented("Search hit")],
    }
    assert made.keys() == {name for name in SECTIONS if documented(name)}
    for name, value in made.items():
        assert list(value) == whole.get(name, documented(name)), name


def test_the_kinds_of_changes_are_documented() -> None:
    (said,) = re.findall(r"^\| `kind` \| (.*) \|$", SECTIONS["Change"], re.M)
    assert re.findall(r"`(\w+)`", said) == list(KINDS)


def test_every_instant_has_one_width_and_every_stated_time_is_the_pages_own(made: Any) -> None:
    seen = set()

    def look(name: str, value: Any) -> None:
        if isinstance(value, dict):
            for key, each in value.items():
                look(key, each)
        elif isinstance(value, list):
            for each in value:
                look(name, each)
        elif value is not None and name in ("published_at", "modified_at"):
            assert value in (STATED, "2026-11-22")
        elif value is not None and (name == "at" or name.endswith(("_at", "_instant"))):
            seen.add(name)
            assert TIME.fullmatch(value), name

    for value in made.values():
        look("", value)
    assert {"published_instant", "filed_at", "updated_at", "seen_at", "at", "made_at"} <= seen


def test_one_article_is_the_same_in_every_command(
    filled: Path, capsys: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.chdir(tmp_path)

    def said(*arguments: str) -> list[dict[str, Any]]:
        assert run(["--database", str(filled), *arguments]) == 0
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    (shown,) = said("show", "1", "--json")
    exported = next(
        each for each in said("export", "-", "--format", "jsonl") if each["id"] == shown["id"]
    )
    assert exported == shown
    assert list(exported) == list(shown)
    assert shown["published_at"] == STATED
    assert shown["published_instant"] == "2026-11-21T11:05:00.000000Z"
    for other in (said("articles", "--json"), said("search", "ferry", "--json")):
        one = next(each for each in other if each["id"] == 1)
        common = one.keys() & shown.keys()
        assert {"published_at", "published_instant", "credits", "filed_at"} <= common
        assert {key: one[key] for key in common} == {key: shown[key] for key in common}


def test_a_line_of_json_says_nothing_to_a_terminal() -> None:
    text = "a\x1b]0;x\x07b\x9bc\u202ed\u2066e\x7f\u200f"
    line = json_line({"title": text})
    assert json.loads(line) == {"title": text}
    assert not set(line) & set("\x1b\x07\x9b\x7f\u202e\u2066")
    assert plain(text) == "a]0;xbcde\u200f"


def test_what_the_page_left_out_is_inferred_for_the_instant_only(filed: Database) -> None:
    with filed.reading() as c:
        copy = queries.get_article(c, 2)
    assert copy is not None
    found = stored_json(copy)
    assert found["published_at"] == "2026-11-22"
    assert found["published_instant"] == "2026-11-22T00:00:00.000000Z"
    assert (found["modified_at"], found["modified_instant"]) == (None, None)
    assert list(found)[1 : len(JSON_KEYS) + 1] == list(JSON_KEYS)
