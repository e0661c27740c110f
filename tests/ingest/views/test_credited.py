"""A house is meant by any of its names, in every command and for programs; what leaves says which it is."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import copydesk
from ingest.cli.app import run
from ingest.views.article_text import credit_line
from ingest.views.story_text import origin_line
from storage.article import Credit
from storage.articles.saving import save_article
from storage.database import Database
from storage.publishers import record_source
from storage.stories.origin import Origin
from tests.ingest.views.conftest import NOW, article

AFP = Credit("agency", "Agence France-Presse", "(AFP)", "tail", "AFP", "afp", 0.97, "sign_off")
#: As readers before schema 0009 left them.
OLD = Credit("agency", "Agence France-Presse", "PARIS (AFP) -", "dateline")
SPELLED = Credit("source", "АФП", "Источник: АФП", "tail")
OTHER = Credit("source", "The AFP Fan Club", "Source: The AFP Fan Club", "tail")


@pytest.fixture(scope="session")
def credited_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six copies of one text, the fifth that of the agency itself, filed last but one."""
    path = tmp_path_factory.mktemp("credited") / "news.sqlite3"
    named = {"mill-lane": AFP, "herald": OLD, "post": SPELLED, "club": OTHER, "wire": None}
    with Database.open(path) as database:
        database.write(
            lambda c: record_source(
                c,
                "wire",
                title="The wire",
                home="https://www.afp.com",
                language=None,
                country=None,
                platform=None,
                house_of=lambda home: "afp",
                now=NOW,
            )
        )
        for number, (source, credit) in enumerate({**named, "tribune": AFP}.items()):
            each = article(
                source=source,
                url=f"https://{source}.example/1",
                credits=(credit,) if credit else (),
                published_at=None if source == "wire" else "2026-11-21",
            )
            at = NOW + timedelta(hours=number)
            database.write(
                lambda c, each=each, at=at: save_article(  # type: ignore[misc]
                    c, None, each, key=each.url, fetched_key=None, now=at
                )
            )
    return path


@pytest.fixture
def ask(credited_file: Path, capsys: Any) -> Any:
    def said(*arguments: str) -> tuple[list[Any], str]:
        assert run(["--database", str(credited_file), *arguments]) == 0
        printed = capsys.readouterr()
        return [json.loads(line) for line in printed.out.splitlines()], printed.err

    return said


@pytest.fixture
def show(credited_file: Path, capsys: Any) -> Any:
    def said(*arguments: str) -> str:
        assert run(["--database", str(credited_file), *arguments]) == 0
        return str(capsys.readouterr().out)

    return said


@pytest.fixture
def news(credited_file: Path) -> Iterator[copydesk.Reader]:
    with copydesk.open(credited_file) as opened:
        yield opened


NAMES = [
    ("afp", {1, 2, 3, 6}),
    ("AFP", {1, 2, 3, 6}),
    ("Agence France-Presse", {1, 2, 3, 6}),
    ("агентство АФП", {1, 2, 3, 6}),
    ("فرانس برس", {1, 2, 3, 6}),
    ("www.afp.com", {1, 2, 3, 6}),
    ("fan club", {4}),
    ("tass", set()),
]


@pytest.mark.parametrize(("name", "found"), NAMES)
@pytest.mark.parametrize(
    "command",
    [
        ("articles", "--json"),
        ("search", "lundale", "--json"),
        ("export", "-", "--format", "jsonl"),
    ],
    ids=lambda each: each[0],
)
def test_every_command_finds_what_is_credited_to_a_house(
    ask: Any, command: tuple[str, ...], name: str, found: set[int]
) -> None:
    objects, _ = ask(*command, "--credited", name)
    assert {each["id"] for each in objects} == found


@pytest.mark.parametrize(("name", "found"), NAMES)
def test_a_program_finds_the_same(news: copydesk.Reader, name: str, found: set[int]) -> None:
    assert {each.id for each in news.articles(credited=name)} == found
    assert {hit.id for hit in news.search("lundale", credited=name)} == found


@pytest.mark.parametrize(("name", "found"), NAMES)
def test_a_story_is_found_by_the_house_of_an_article(ask: Any, name: str, found: set[int]) -> None:
    objects, _ = ask("stories", "--json", "--credited", name)
    assert len(objects) == bool(found)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "afp",
            "copydesk: credited to 'afp': taken for Agence France-Presse (afp), under any of its"
            " names\n",
        ),
        (
            "APA",
            "copydesk: credited to 'APA': taken for Austria Presse Agentur (apa-at), under any of its"
            " names; others are called so: apa-az is APA\n",
        ),
        (
            "apa-az",
            "copydesk: credited to 'apa-az': taken for APA (apa-az), under any of its names\n",
        ),
        ("Agence France-Presse", ""),
        ("fan club", ""),
    ],
)
def test_whom_a_name_was_taken_for_is_said_on_stderr(ask: Any, name: str, said: str) -> None:
    assert ask("articles", "--json", "--credited", name)[1] == said
    assert ask("--quiet", "articles", "--json", "--credited", name)[1] == ""


def test_a_story_shows_its_origin_apart_from_what_was_seen_first(ask: Any, show: Any) -> None:
    (story,) = ask("stories", "--json")[0]
    assert story["first_article_id"] == 1
    assert (story["original"], story["original_house"]) == ("Agence France-Presse", "afp")
    assert (story["original_article_id"], story["original_from"]) == (5, "credits")
    # Spellings that an older reader could not resolve say nothing here, though they are found.
    assert story["original_sources"] == 3
    out = show("stories", str(story["id"]))
    assert (
        "  origin: Agence France-Presse (afp), article 5; inferred from credits in 3 sources\n"
        in out
    )
    lines = [line for line in out.splitlines() if "in common" in line]
    assert [line.split()[0] for line in lines if line.endswith("(origin, inferred)")] == ["5"]
    assert [line.split()[0] for line in lines if "(first)" in line] == ["1"]
    assert "(5)" in show("stories")


def test_an_article_is_shown_with_the_origin_of_its_story(show: Any) -> None:
    said = "Agence France-Presse (afp), article 5; inferred from credits in 3 sources"
    assert f"  origin of the story: {said}\n" in show("show", "2")


@pytest.mark.parametrize(
    ("origin", "said"),
    [
        (
            Origin("Reuters", "reuters", None, "credits", 1),
            "Reuters (reuters), not kept here; inferred from credits in 1 source",
        ),
        (
            Origin("Mill Lane Post", None, 7, "own_word", 1),
            "Mill Lane Post, article 7; inferred from credits of its own article alone",
        ),
        # Of an older version.
        (Origin("Reuters", None, 7, None, None), "Reuters, article 7; inferred from credits"),
    ],
)
def test_an_origin_says_that_it_is_inferred_and_whether_it_is_kept(
    origin: Origin, said: str
) -> None:
    assert origin_line(origin) == said


def test_an_article_leaves_with_the_origin_of_its_story(
    ask: Any, show: Any, news: copydesk.Reader, credited_file: Path, tmp_path: Path
) -> None:
    origin = {
        "name": "Agence France-Presse",
        "house": "afp",
        "article_id": 5,
        "inferred_from": "credits",
        "sources": 3,
    }
    (shown,) = ask("show", "1", "--json")[0]
    assert shown["story_origin"] == origin
    assert shown["credits"] == [
        {
            "role": "agency",
            "name": "Agence France-Presse",
            "evidence": "(AFP)",
            "where": "tail",
            "stated": "AFP",
            "house": "afp",
            "probability": 0.97,
            "cue": "sign_off",
        }
    ]
    (first, *_) = csv.DictReader(io.StringIO(show("export", "-", "--format", "csv"), newline=""))
    assert json.loads(first["story_origin"]) == origin
    assert json.loads(first["credits"]) == shown["credits"]
    parquet = pytest.importorskip("pyarrow.parquet")
    file = str(tmp_path / "all.parquet")
    assert run(["--database", str(credited_file), "export", file]) == 0
    row = parquet.read_table(file).to_pylist()[0]
    assert (row["story_origin"], row["credits"]) == (origin, shown["credits"])
    stored = news.article(1)
    assert stored is not None
    assert stored.story_origin is not None
    assert stored.story_origin.article_id == 5


def test_an_article_is_shown_with_what_is_known_of_its_credits(show: Any) -> None:
    assert (
        "  credit: agency Agence France-Presse, written 'AFP' (tail: '(AFP)'; house afp;"
        " told by sign_off; likely 0.97)\n" in show("show", "1")
    )
    # What is not known of an old one is left out.
    assert "  credit: agency Agence France-Presse (dateline: 'PARIS (AFP) -')\n" in show(
        "show", "2"
    )


def test_a_credit_is_told_as_far_as_it_is_known() -> None:
    person = Credit("contributor", "Ada Lund", "Mitarbeit: Ada Lund", "tail", probability=1.0)
    assert credit_line(person) == "contributor Ada Lund (tail: 'Mitarbeit: Ada Lund'; likely 1.00)"
