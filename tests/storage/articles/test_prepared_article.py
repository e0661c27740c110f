"""An article is prepared anywhere, and saved as if it had not been."""

import pickle
import re
from dataclasses import replace

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from storage.article import Article, Block, Credit, Struck
from storage.articles.prepared import block_values, prepare_article
from storage.articles.saving import save_article
from storage.engine.stored_text import encode_json
from storage.schema import metadata
from storage.text import fingerprint, tokens
from storage.text.characters import lone_characters


@pytest.fixture
def article(make_article):
    return replace(
        make_article(
            "\n\n".join(f"Paragraph {n} of «quoted» words, naïve ones." for n in range(20))
        ),
        standfirst="What stands first",
        authors=("Ann Writer",),
        credits=(Credit("agency", "Reuters", "(Reuters)", "dateline"),),
        struck=(Struck("Sign up", "prompt", "newsletter"),),
        tags=("bridge",),
    )


def rows(database):
    with database.reading() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(sa.select(table))]
            for table in metadata.sorted_tables
            if table.name != "changes"  # their times are the clock's
        }


def save(database, article, now, **more):
    return database.write(
        lambda c: save_article(c, None, article, key="k", fetched_key=None, now=now, **more)
    )


def test_what_was_prepared_in_another_process_is_saved_as_if_it_had_not_been(
    database, article, now
):
    lines = frozenset({"a1", "b2"})
    prepared = pickle.loads(pickle.dumps(prepare_article(article, lines)))
    assert save(database, prepared, now).outcome == "filed"
    there = rows(database)
    assert save(database, article, now, lines=lines).outcome == "unchanged"
    assert save(database, prepared, now).outcome == "unchanged"
    assert rows(database) == there


def test_a_prepared_article_revises_as_another_does(database, article, now):
    save(database, prepare_article(article), now)
    changed = replace(article, blocks=(*article.blocks, Block("paragraph", "One thing more.")))
    assert save(database, prepare_article(changed), now).outcome == "revised"
    with database.reading() as connection:
        text = connection.exec_driver_sql("SELECT text, words FROM articles").one()
    assert text == (changed.text, len(changed.text.split()))


def test_what_a_database_refuses_is_gone_after_preparing(make_article):
    prepared = prepare_article(replace(make_article("One\x00 text \ud800."), tags=("a\x00",)))
    assert prepared.article.text == "One text \ufffd."
    assert prepared.article.tags == ("a",)
    assert "\\u0000" not in prepared.blocks_json


def test_an_article_without_text_is_refused_when_it_is_saved(database, make_article, now):
    with pytest.raises(ValueError, match="without text"):
        save(database, prepare_article(make_article(" … ")), now)


# Texts whose characters stand alone are folded one by one, others as a whole: to the same.


@given(st.text(st.sampled_from("aBé’–Ωδ́й́ʼ´€ﬁİßǅ한ᄒ゛がカﾞ東1²½ ͅ\u00a0_\x00"), max_size=12))
def test_characters_fold_one_by_one_as_they_do_together(text):
    assert fingerprint.normalised(text) == " ".join(fingerprint._folded(text).split())
    assert tokens.fold(text) == tokens._fold_whole(text)


@given(st.text())
def test_a_text_of_lone_characters_is_the_sum_of_its_characters(text):
    if lone_characters(text) is not None:
        assert fingerprint._folded(text) == "".join(map(fingerprint._folded, text))
        assert tokens._fold_whole(text) == "".join(map(tokens._fold_whole, text))
        words = tokens.TOKEN.findall(tokens._fold_whole(text))
        assert [sign for sign in "".join(words) if sign != "_"] == [
            sign for sign in "".join(tokens.tokens_of(text)) if sign != "_"
        ]


@pytest.mark.parametrize("text", ["e\u0301", "\u1112\u1161\u11ab", "カ\u3099", "ि", "\x00"])
def test_what_acts_on_its_neighbours_is_folded_as_a_whole(text):
    assert lone_characters(text) is None


@given(st.text(st.sampled_from("aB c\u00ad\u200b\u2060\ufeffé’д한カ゛_\x00"), max_size=20))
def test_what_divides_a_word_is_no_part_of_its_token(text):
    whole = re.sub("[\u00ad\u200b\u2060\ufeff]", "", text)
    assert tokens.tokens_of(text) == tokens.tokens_of(whole)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), min_size=1))
def test_blocks_are_written_as_any_json(texts):
    blocks = tuple(Block("paragraph", f"{text}.") for text in texts)
    article = Article("https://example.org/1", "One", blocks)
    prepared = prepare_article(article)
    assert prepared.blocks_json == encode_json(block_values(prepared.article))
