"""One query language, the same answers from either database."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.article import Credit
from storage.articles.saving import save_article
from storage.errors import QueryError
from storage.reading.queries import ArticleFilter
from storage.search.query import for_fts5, for_tsquery, parse_query
from storage.search.search import search
from storage.search.snippet import make_snippet
from storage.text.tokens import tokens_of


@pytest.fixture
def save(database, make_article, now):
    def put(text, **changes):
        key = f"gazette.example/{abs(hash((text, changes.get('title'))))}"
        article = make_article(text, **{"url": f"https://{key}", "title": None, **changes})
        return database.write(
            lambda c: save_article(c, None, article, key=key, fetched_key=None, now=now)
        ).article_id

    return put


@pytest.fixture
def found(database):
    def ask(query, order="rank", limit=20, offset=0, **filters):
        with database.reading() as connection:
            chosen = ArticleFilter(**filters)
            hits = search(connection, query, chosen, order=order, limit=limit, offset=offset)
        return [hit.id for hit in hits]

    return ask


def test_every_word_has_to_be_there_whatever_its_case_and_accents(save, found):
    bridge = save("The bridge over the Débed opens on Monday.")
    ferry = save("The ferry crosses the Debed until the bridge opens.")
    assert set(found("BRIDGE debed")) == {bridge, ferry}
    assert found("ferry débed") == [ferry]
    assert found("ferry monday") == []


def test_a_phrase_is_found_in_its_order_only(save, found):
    one = save("The city council met.")
    save("The council of the city met.")
    assert found('"city council"') == [one]
    assert found('"council city"') == []


def test_what_is_not_wanted_is_left_out(save, found):
    one = save("A storm over the harbour.")
    other = save("A storm over the harbour bridge.")
    assert found("storm -bridge") == [one]
    assert found('storm -"the harbour"') == []
    assert set(found("storm -title:bridge")) == {one, other}


def test_a_field_narrows_a_word(save, found):
    title = save("Nothing else happened.", title="Ferry strike")
    text = save("The ferry did not sail.", title="Strike")
    author = save("Nothing at all.", authors=("Ferry Baumann",))
    credit = save(
        "Nothing whatever.", credits=(Credit("agency", "Ferry Press", "Ferry Press", "tail"),)
    )
    assert set(found("ferry")) == {title, text, author, credit}
    assert found("title:ferry") == [title]
    assert found("text:ferry") == [text]
    assert found("author:ferry") == [author]
    assert found('credit:"ferry press"') == [credit]
    assert found("title:ferry title:strike") == [title]


def test_no_phrase_spans_two_fields(save, found):
    save("Bridge opens.", title="Old harbour")
    assert found('"harbour bridge"') == []


def test_the_beginning_of_a_word(save, found):
    one = save("The elections were close.")
    assert found("elect*") == [one]
    assert found("election") == []


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("東京都は新しい橋を開通させた。", "新しい橋"),
        ("東京都は新しい橋を開通させた。", "橋"),
        ("กรุงเทพมหานครเปิดสะพานใหม่", "สะพาน"),
        ("서울시는 새 다리를 열었다.", "다리를"),
        ("Мост через Дебед открыт.", "мост дебед"),
        ("نُشِرَ الخبر اليوم", "نشر"),
    ],
)
def test_languages_with_and_without_blanks(save, found, text, query):
    one = save(text)
    save("Something else entirely.")
    assert found(query) == [one]


def test_signs_without_blanks_count_in_their_order(save, found):
    save("京東都")
    assert found("東京") == []


def test_a_title_weighs_more_than_the_text(save, found):
    text = save("Somewhere the word lighthouse is said once in a long report about the sea.")
    title = save("A report about the sea in which it is not said again.", title="Lighthouse sold")
    text_again = save("Late in the day the word lighthouse is said once more, in another report.")
    assert found("lighthouse")[0] == title
    assert found("lighthouse", order="newest") == [text_again, title, text]


def test_filters(save, found, now):
    old = save("A storm.", published_at="2024-05-01T00:00:00+00:00", language="en")
    new = save(
        "Another storm.", published_at="2026-05-01T00:00:00+00:00", language="de", kind="opinion"
    )
    assert set(found("storm")) == {old, new}
    assert found("storm", since=now.replace(year=2025)) == [new]
    assert found("storm", until=now.replace(year=2025)) == [old]
    assert found("storm", language="de") == [new]
    assert found("storm", kind="opinion") == [new]
    assert found("storm", source="another") == []
    assert len(found("storm", limit=1)) == 1
    assert set(found("storm", limit=1) + found("storm", limit=1, offset=1)) == {old, new}


def test_a_changed_text_is_found_by_its_new_words_only(database, make_article, now, found):
    for text in ("The bridge opens on Monday morning.", "The tunnel opens on Monday morning."):
        database.write(
            lambda c, text=text: save_article(
                c, None, make_article(text), key="gazette.example/b", fetched_key=None, now=now
            )
        )
    assert found("text:bridge") == []
    assert found("text:tunnel") == [1]


@pytest.mark.parametrize("query", ["", "   ", "-bridge", '""', "...", '-"a b" -c'])
def test_a_query_that_asks_for_nothing_is_told_so(query):
    with pytest.raises(QueryError):
        parse_query(query)


def test_an_unknown_field_is_named():
    with pytest.raises(QueryError, match="headline: is no field"):
        parse_query("headline:bridge")


def test_an_address_is_no_field():
    assert parse_query("https://gazette.example/a")[0].field is None


def test_the_snippet_shows_what_was_found():
    text = "First words. " * 40 + "Then the old Harbour bridge was sold. " + "Last words. " * 40
    snippet = make_snippet(text, parse_query('"harbour bridge" sold'))
    marked = [snippet.text[start:end] for start, end in snippet.marked]
    assert marked == ["Harbour bridge", "sold"]
    assert snippet.text.startswith("… ")
    assert snippet.text.endswith(" …")


@given(st.text(max_size=200), st.text("abc xyz", min_size=1, max_size=10))
def test_marks_of_a_snippet_lie_in_it(text, words):
    if not tokens_of(words):
        return
    snippet = make_snippet(text, parse_query(words))
    assert all(0 <= start < end <= len(snippet.text) for start, end in snippet.marked)
    assert "\n" not in snippet.text


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=40))
def test_whatever_is_typed_is_answered_or_refused_in_words(database, query):
    with database.reading() as connection:
        try:
            search(connection, query)
        except QueryError as error:
            assert re.search(r"\w", str(error))


@given(st.text(max_size=40))
def test_a_query_is_never_more_than_words_to_either_database(query):
    try:
        terms = parse_query(query)
    except QueryError:
        return
    for term in terms:
        assert not any(sign in token for token in term.tokens for sign in "\"'\\:*()&|!<>")
    assert for_fts5(terms)
    assert for_tsquery(terms)
