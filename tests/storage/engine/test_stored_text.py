import json

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from storage.engine.stored_text import MAX_KEY, clean_text, json_text, stored_key
from storage.links import NewLink, record_links
from storage.schema import links

ANY = st.text(st.characters())  # surrogates included


@given(ANY)
def test_what_is_stored_can_be_stored(text):
    cleaned = clean_text(text)
    cleaned.encode()
    assert "\x00" not in cleaned
    assert clean_text(cleaned) == cleaned


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00")))
def test_good_text_is_stored_as_it_is(text):
    assert clean_text(text) == text


def test_a_surrogate_pair_becomes_its_character_and_a_lone_one_is_marked():
    assert clean_text("a\ud83d\ude00b") == "a😀b"
    assert clean_text("a\ud83db") == "a\ufffdb"


@given(st.recursive(ANY | st.integers() | st.none(), lambda inner: st.lists(inner, max_size=4)))
def test_json_is_clean_and_readable(value):
    text = json_text(value)
    assert "\\u0000" not in json.dumps(json.loads(text), ensure_ascii=False)
    text.encode()


def test_json_keeps_letters_readable():
    assert json_text(["Անի"]) == '["Անի"]'


@given(ANY)
def test_a_key_is_bounded_and_stable(key):
    once = stored_key(key)
    assert len(once.encode()) <= MAX_KEY
    assert stored_key(once) == once


def test_long_keys_stay_apart():
    stem = "https://gazette.example/" + "a" * 5000
    assert stored_key(stem + "1") != stored_key(stem + "2")


@pytest.mark.parametrize("tail", ["a" * 20_000, "\x00\ud800é"])
def test_a_hostile_address_is_recorded_once(database, now, tail):
    # PostgreSQL refuses NUL, and index entries beyond 2,700 bytes.
    link = NewLink(key=f"https://gazette.example/{tail}", url="https://gazette.example/")

    def record(connection):
        return record_links(connection, "gazette", [link], now)

    assert database.write(record).new == 1
    assert database.write(record).known == 1
    with database.reading() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(links)).scalar() == 1
