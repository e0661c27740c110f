"""Nothing of an article is lost in the database, whatever fields articles may come to have."""

from dataclasses import MISSING, fields, is_dataclass
from typing import Literal, get_args, get_origin, get_type_hints

import pytest

from storage.article import Article
from storage.articles.prepared import prepare_article
from storage.articles.saving import save_article, save_reextracted
from storage.reading.queries import get_article


def filled(kind, word):
    """A value of a dataclass in which every field says something, and nothing its default."""
    hints = get_type_hints(kind)
    made = {}
    for each in fields(kind):
        value = said(hints[each.name], f"{word} {each.name}", each.default)
        assert each.default is MISSING or value != each.default
        made[each.name] = value
    return kind(**made)


def said(hint, word, default):
    if get_origin(hint) is tuple:
        item, _ = get_args(hint)
        return (said(item, f"{word} one", MISSING), said(item, f"{word} two", MISSING))
    if get_origin(hint) is Literal:
        return next(choice for choice in get_args(hint) if choice != default)
    if is_dataclass(hint):
        return filled(hint, word)
    if hint is bool:
        return not default
    if float in get_args(hint):
        return len(word) / 100
    assert hint is str or str in get_args(hint), f"{hint}: say what a value of it is"
    return word


@pytest.fixture
def first():
    return filled(Article, "first")


def save(database, article, now):
    return database.write(
        lambda c: save_article(c, None, article, key="k", fetched_key=None, now=now)
    )


def stored(database, article_id):
    with database.reading() as connection:
        return get_article(connection, article_id).article


def test_every_field_of_an_article_survives_being_filed(database, first, now):
    saved = save(database, prepare_article(first), now)
    assert saved.outcome == "filed"
    assert stored(database, saved.article_id) == first


def of_the_house(first, word):
    """Another version of the article, of the same source."""
    return Article(
        **{
            each.name: getattr(first if each.name == "source" else filled(Article, word), each.name)
            for each in fields(Article)
        }
    )


def test_every_field_of_an_article_survives_being_revised(database, first, now):
    article_id = save(database, first, now).article_id
    second = of_the_house(first, "second")
    assert save(database, second, now).outcome == "revised"
    assert stored(database, article_id) == second


def test_every_field_of_an_article_survives_being_read_anew(database, first, now):
    article_id = save(database, first, now).article_id
    second = of_the_house(first, "second")
    saved = database.write(lambda c: save_reextracted(c, article_id, second, now))
    assert saved.outcome == "revised"
    kept = stored(database, article_id)
    # An article keeps its address.
    assert kept.url == first.url
    assert {
        each.name
        for each in fields(Article)
        if getattr(kept, each.name) != getattr(second, each.name)
    } == {"url"}


def test_an_article_that_says_nothing_comes_back_saying_nothing(database, make_article, now):
    bare = Article(url=None, title=None, blocks=make_article().blocks, source="gazette")
    assert stored(database, save(database, bare, now).article_id) == bare
