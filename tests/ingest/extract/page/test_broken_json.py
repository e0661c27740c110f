"""Broken JSON-LD: what it says is read as far as it can be told from what broke it."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.extract.page.broken_json import saved_json
from ingest.extract.page.json_ld import nodes_of

GOOD = {
    "@type": "NewsArticle",
    "headline": "The lock",
    "author": {"@type": "Person", "name": "Anna Berg"},
}


def only(text: str) -> dict[str, Any]:
    (node,) = nodes_of([text])
    return node


@pytest.mark.parametrize(
    "text",
    [
        '{"@type":"NewsArticle","headline":"The "old" lock","author":{"@type":"Person","name":"Anna Berg"}}',
        '{"@type":"NewsArticle","headline":"He said "no", and left","author":{"@type":"Person","name":"Anna Berg"}}',
        '{"@type":"NewsArticle","headline":"The lock" "author":{"@type":"Person","name":"Anna Berg"}}',
        '{"@type":"NewsArticle","headline":"The\n\tlock",,"author":{"@type":"Person","name":"Anna Berg",},}',
        '{"@type":"NewsArticle", /* ours */ "headline":"The lock", "author":{"@type":"Person","name":"Anna Berg"}',
        '<!-- {"@type":"NewsArticle","headline":"The "lock","author":{"@type":"Person","name":"Anna Berg"}} -->',
        '//<![CDATA[\n{"@type":"NewsArticle","headline":"The "lock","author":{"@type":"Person","name":"Anna Berg"}}\n//]]>',
        '{"@type":"NewsArticle","description":bare words,"author":{"@type":"Person","name":"Anna Berg"}}',
    ],
    ids=["quotes", "quotes and comma", "no comma", "commas", "cut off", "comment", "cdata", "bare"],
)
def test_the_author_is_read_whatever_broke_the_rest(text: str) -> None:
    assert only(text)["author"] == {"@type": "Person", "name": "Anna Berg"}


def test_quotation_marks_inside_a_headline_stay_in_it() -> None:
    text = '{"@type":"NewsArticle","headline":"Keeper to "retire" at last","datePublished":"2026-11-14"}'
    node = only(text)
    assert node["headline"] == 'Keeper to "retire" at last'
    assert node["datePublished"] == "2026-11-14"


def test_documents_one_behind_the_other_are_all_read() -> None:
    text = json.dumps(GOOD) + '\n;{"@type":"Organization","name":"The River Post"}'
    assert [node["@type"] for node in nodes_of([text])] == ["NewsArticle", "Organization"]


def test_a_text_that_swallowed_its_neighbours_is_left_out() -> None:
    assert saved_json('{"a": "one, "b": "two", "c": "three"}') == {"c": "three"}


_VALUES = st.recursive(
    st.one_of(
        st.booleans(),
        st.integers(-1000, 1000),
        st.text(st.characters(exclude_characters='"', exclude_categories=("Cs",)), max_size=12),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.text("abcd", min_size=1, max_size=3), inner, max_size=4),
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.text("abcd", min_size=1, max_size=3), _VALUES, max_size=4))
def test_what_is_well_formed_is_read_as_it_is(value: dict[str, Any]) -> None:
    assert saved_json(json.dumps(value)) == value
    assert saved_json(json.dumps(value, ensure_ascii=False, indent=1)) == value


@given(st.text('{}[]",:\\ a1/*', max_size=200))
def test_nothing_makes_it_fail(text: str) -> None:
    saved_json(text)
    nodes_of([text])


@pytest.mark.parametrize(
    "text",
    [
        '{"a":"' + ('"' + " " * 200) * 5000,
        '{"a":"' + '",' * 100_000,
        "[" * 100_000,
        '{"a":' * 50_000,
        "{" + "/*" * 90_000,
    ],
)
def test_hostile_scripts_cost_no_time(text: str) -> None:
    start = time.process_time()
    nodes_of([text])
    assert time.process_time() - start < 5
