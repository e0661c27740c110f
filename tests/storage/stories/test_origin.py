"""Whose text a story is: inferred from credits, told apart from what was seen first."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.article import Block, Credit
from storage.articles.saving import save_article, save_reextracted
from storage.care.checks import check_database
from storage.changes import read_changes
from storage.publishers import record_source, set_house
from storage.reading.queries import get_article
from storage.stories.origin import SURE, CreditOf, Member, infer_origin
from storage.stories.queries import get_story, list_stories
from tests.storage.stories.test_stories import made

AFP = {"name": "Agence France-Presse", "house": "afp"}


def credit(article_id: int, role: str = "agency", **said: Any) -> CreditOf:
    return CreditOf(article_id, role, **{**AFP, **said})


def members(*sources: str, **houses: str) -> list[Member]:
    return [Member(n, name, houses.get(name)) for n, name in enumerate(sources, 1)]


def test_the_article_of_the_house_that_others_credit_is_the_origin_wherever_it_stands() -> None:
    found = infer_origin(
        members("gazette", "courier", "wire", wire="afp"), [credit(1), credit(2)], seen_first=1
    )
    assert found is not None
    assert (found.name, found.house, found.article_id) == ("Agence France-Presse", "afp", 3)
    assert (found.inferred_from, found.sources) == ("credits", 2)


def test_a_house_without_an_article_here_is_the_origin_all_the_same() -> None:
    found = infer_origin(members("gazette", "courier"), [credit(2)], seen_first=1)
    assert found is not None
    assert (found.name, found.article_id, found.sources) == ("Agence France-Presse", None, 1)


def test_nobody_credited_nobody_inferred() -> None:
    persons = [CreditOf(1, "contributor", "Ada Lund"), CreditOf(2, "translator", "Ida Berg")]
    assert infer_origin(members("gazette", "courier"), persons, seen_first=1) is None
    assert infer_origin([], [], seen_first=None) is None


@pytest.mark.parametrize(
    ("probability", "says"), [(SURE, True), (SURE - 0.01, False), (1.0, True), (None, True)]
)
def test_a_credit_has_to_be_sure(probability: float | None, says: bool) -> None:
    found = infer_origin(
        members("gazette", "courier"), [credit(1, probability=probability)], seen_first=1
    )
    assert (found is not None) == says


def test_one_house_is_one_however_it_is_written() -> None:
    told = [
        credit(1, stated="АФП"),
        credit(2, name="АФП", house=None),  # an older reader's
        credit(3, name="agence france presse", house=None),
        credit(4, name="Reuters", house="reuters"),
        credit(5, name="Reuters", house="reuters"),
    ]
    found = infer_origin(members("a", "b", "c", "d", "e"), told, seen_first=1)
    assert found is not None
    assert (found.name, found.house, found.sources) == ("Agence France-Presse", "afp", 3)


def test_a_source_counts_once_however_many_articles_say_so() -> None:
    wire = [Member(number, "gazette") for number in range(1, 6)]
    others = [Member(6, "courier"), Member(7, "herald")]
    told = [credit(each.id, name="TASS", house="tass") for each in wire]
    told += [credit(6), credit(7)]
    found = infer_origin([*wire, *others], told, seen_first=1)
    assert found is not None
    assert (found.house, found.sources) == ("afp", 2)


@pytest.mark.parametrize(
    ("agencies", "republished", "origin"),
    [(1, 1, "guardian"), (2, 1, "afp"), (3, 1, "afp"), (3, 2, "guardian"), (5, 2, "afp")],
)
def test_who_republishes_says_more_than_who_names_an_agency(
    agencies: int, republished: int, origin: str
) -> None:
    of = {"name": "The Guardian", "house": "guardian"}
    told = [credit(number) for number in range(1, agencies + 1)]
    told += [credit(10 + n, "original_publisher", **of) for n in range(republished)]
    every = [Member(each.article_id, f"s{each.article_id}") for each in told]
    found = infer_origin(every, told, seen_first=1)
    assert found is not None
    assert found.house == origin


def test_what_a_house_says_of_itself_counts_only_where_no_other_speaks() -> None:
    own = [credit(2, name="Wire", house="wire")]
    every = members("gazette", "wire", wire="wire")
    assert infer_origin(every, own, seen_first=1) is None
    alone = infer_origin(every, own, seen_first=2)
    assert alone is not None
    assert (alone.house, alone.article_id, alone.inferred_from) == ("wire", 2, "own_word")
    others = infer_origin(every, [*own, credit(1)], seen_first=2)
    assert others is not None
    assert (others.house, others.inferred_from) == ("afp", "credits")


def test_a_page_does_not_become_a_house_by_saying_so_where_its_source_is_known_as_another() -> None:
    every = [
        Member(1, "gazette"),
        Member(2, "tabloid", "tabloid", publisher="Agence France-Presse"),
    ]
    found = infer_origin(every, [credit(1)], seen_first=1)
    assert found is not None
    assert found.article_id is None
    # Nor where the house would be known by the source's address; only where it has none.
    for has_home, own in ((True, None), (False, 2)):
        unknown = [every[0], replace(every[1], house=None, has_home=has_home)]
        found = infer_origin(unknown, [credit(1)], seen_first=1)
        assert found is not None
        assert found.article_id == own


def test_an_agencys_text_whose_page_names_the_agency_as_publisher_credits_it_all_the_same() -> None:
    copies = [
        Member(number, name, publisher="Agence France-Presse", has_home=True)
        for number, name in enumerate(("gazette", "courier"), 1)
    ]
    found = infer_origin(copies, [credit(1), credit(2)], seen_first=1)
    assert found is not None
    assert (found.article_id, found.inferred_from, found.sources) == (None, "credits", 2)


def test_the_article_of_the_houses_own_site_goes_before_one_that_bears_its_name() -> None:
    named = Member(1, "agence-france-presse")
    every = [named, Member(2, "gazette"), Member(3, "wire", "afp")]
    found = infer_origin(every, [credit(2)], seen_first=1)
    assert found is not None
    assert found.article_id == 3
    found = infer_origin(every[:2], [credit(2)], seen_first=1)
    assert found is not None
    assert found.article_id == 1


def test_a_house_that_no_list_knows_is_told_by_its_name() -> None:
    told = [credit(1, name="The Mill Lane Post", house=None)]
    every = [Member(1, "gazette"), Member(2, "mlp", title="Mill-Lane Post")]
    found = infer_origin(every, told, seen_first=1)
    assert found is not None
    assert (found.name, found.house, found.article_id) == ("The Mill Lane Post", None, 2)


def test_a_name_of_signs_alone_is_no_house_of_anybody() -> None:
    told = [credit(1, name="+++", house=None), credit(2, name="—", house=None)]
    found = infer_origin([Member(1, "+"), Member(2, "-")], told, seen_first=1)
    assert found is not None
    assert (found.name, found.article_id) == ("+++", None)


def test_agencies_that_nobody_names_are_nobody() -> None:
    unnamed = {"name": "News agencies"}
    told = [credit(1, **unnamed, house="news-agencies"), credit(2, **unnamed, house=None)]
    every = members("gazette", "courier", "herald")
    assert infer_origin(every, told, seen_first=1) is None
    found = infer_origin(every, [*told, credit(3)], seen_first=1)
    assert found is not None
    assert (found.house, found.sources) == ("afp", 1)


HOUSES = st.sampled_from([("Agence France-Presse", "afp"), ("TASS", "tass"), ("Mill Post", None)])
PROBABILITIES = st.one_of(st.none(), st.floats(0, 1))


@st.composite
def stories_told(draw: st.DrawFn) -> tuple[list[Member], list[CreditOf]]:
    number = draw(st.integers(1, 6))
    every = [
        Member(
            each,
            draw(st.sampled_from(["gazette", "courier", "wire", "mill-post"])),
            draw(st.sampled_from([None, "afp", "tass", "gazette"])),
        )
        for each in range(1, number + 1)
    ]
    told = draw(
        st.lists(
            st.builds(
                lambda article_id, role, house, probability: CreditOf(
                    article_id, role, house[0], None, house[1], probability
                ),
                st.integers(1, number),
                st.sampled_from(["agency", "original_publisher", "source", "contributor"]),
                HOUSES,
                PROBABILITIES,
            ),
            max_size=12,
        )
    )
    return every, told


@given(stories_told())
def test_whatever_is_credited_the_origin_is_a_house_that_somebody_names(
    story: tuple[list[Member], list[CreditOf]],
) -> None:
    every, told = story
    found = infer_origin(every, told, seen_first=1)
    sure = [
        each
        for each in told
        if each.role != "contributor" and (each.probability is None or each.probability >= SURE)
    ]
    if found is None:
        # Then each of them speaks of its own house.
        own = [every[each.article_id - 1] for each in sure]
        assert all(member.house is not None or member.source == "mill-post" for member in own)
        return
    assert sure
    assert found.name in {each.name for each in told}
    known = {each.house for each in sure} | {each.house for each in every}
    assert found.house is None or found.house in known
    assert found.sources is not None
    assert 1 <= found.sources <= len({each.source for each in every})
    if found.article_id is not None and found.inferred_from == "credits":
        # Its own article is not what says so.
        assert any(each.article_id != found.article_id for each in sure)


@given(stories_told(), st.floats(0, 0.79))
def test_an_unsure_credit_changes_nothing(
    story: tuple[list[Member], list[CreditOf]], probability: float
) -> None:
    every, told = story
    unsure = CreditOf(1, "original_publisher", "Reuters", "rtr", "reuters", probability)
    assert infer_origin(every, [unsure, *told], 1) == infer_origin(every, told, 1)


@given(stories_told())
def test_nobody_credits_himself_into_being_the_origin(
    story: tuple[list[Member], list[CreditOf]],
) -> None:
    every, told = story
    late = Member(99, "tabloid", "tabloid")
    boast = [CreditOf(99, role, "The Tabloid", None, "tabloid") for role in ("agency", "source")]
    assert infer_origin([*every, late], [*told, *boast], 1) == infer_origin(every, told, 1)


# In the database


@pytest.fixture
def save(database: Any, make_article: Any, now: Any) -> Any:
    def put(source: str, *credits: Credit, after: int = 0, **changes: Any) -> int:
        key = f"{source}.example/a"
        article = make_article(
            made(1), source=source, url=f"https://{key}", credits=credits, **changes
        )
        at = now + timedelta(minutes=after)
        saved = database.write(
            lambda c: save_article(c, None, article, key=key, fetched_key=None, now=at)
        )
        return int(saved.article_id)

    return put


@pytest.fixture
def story(database: Any) -> Any:
    def ask() -> Any:
        with database.reading() as connection:
            (found,) = list_stories(connection)
        return found

    return ask


def of(name: str, house: str | None, **said: Any) -> Credit:
    return Credit("agency", name, f"({name})", "tail", house=house, **said)


def register(database: Any, now: Any, name: str, house: str | None) -> None:
    database.write(
        lambda c: record_source(
            c,
            name,
            title=name.title(),
            home=f"https://{name}.example",
            language=None,
            country=None,
            platform=None,
            house_of=lambda home: house,
            now=now,
        )
    )


def test_the_origin_may_come_last_and_bear_no_time(
    database: Any, save: Any, story: Any, now: Any
) -> None:
    register(database, now, "wire", "afp")
    first = save("gazette", of("Agence France-Presse", "afp", probability=0.97))
    save("courier", of("Agence France-Presse", "afp", stated="AFP"), after=1)
    before = story()
    assert (before.original, before.original_house) == ("Agence France-Presse", "afp")
    assert (before.original_article_id, before.original_sources) == (None, 2)
    own = save("wire", after=30, published_at=None)
    found = story()
    assert (found.original_article_id, found.original_from) == (own, "credits")
    # What was seen is told apart from that.
    assert found.first_article_id == first
    with database.reading() as connection:
        stored = get_article(connection, first)
    assert stored.story_origin is not None
    assert stored.story_origin.article_id == own
    assert (stored.story_origin.name, stored.story_origin.house) == ("Agence France-Presse", "afp")


def test_an_article_without_a_story_or_a_credit_has_no_origin(database: Any, save: Any) -> None:
    alone = save("gazette", of("Reuters", "reuters"))
    with database.reading() as connection:
        assert get_article(connection, alone).story_origin is None
    copy = save("courier", Credit("contributor", "Ada Lund", "Ada Lund", "tail"))
    with database.reading() as connection:
        assert get_article(connection, copy).story_origin.name == "Reuters"


def test_a_story_is_told_anew_when_credits_change_and_nothing_has_joined(
    database: Any, save: Any, story: Any, now: Any
) -> None:
    first = save("gazette")
    save("courier", after=1)
    before = story()
    assert before.original is None

    def again(connection: Any) -> Any:
        old = get_article(connection, first).article
        new = replace(old, credits=(of("TASS", "tass", probability=0.9),))
        return save_reextracted(connection, first, new, now + timedelta(days=1))

    assert database.write(again).outcome == "unchanged"
    found = story()
    assert (found.original_house, found.original_from, found.original_sources) == (
        "tass",
        "credits",
        1,
    )
    assert found.updated_at == before.updated_at


def test_reading_again_tells_a_story_by_what_is_known_today(
    database: Any, save: Any, story: Any, now: Any
) -> None:
    register(database, now, "wire", None)
    first = save("gazette", of("Agence France-Presse", "afp", probability=0.97, cue="sign_off"))
    own = save("wire", after=1)
    assert story().original_article_id is None
    with database.reading() as connection:
        last = read_changes(connection, 0)[-1].id

    def again(connection: Any) -> Any:
        set_house(connection, "wire", "afp")
        return save_reextracted(connection, first, get_article(connection, first).article, now)

    database.write(again)
    assert story().original_article_id == own
    with database.reading() as connection:
        assert read_changes(connection, last) == []
        _, told = get_story(connection, story().id)
    assert [each.id for each in told] == [first, own]


def test_a_credit_that_turns_out_unsure_is_taken_back(
    database: Any, save: Any, story: Any, now: Any
) -> None:
    first = save("gazette", of("TASS", "tass"))
    save("courier", after=1)
    assert story().original == "TASS"

    def again(connection: Any) -> Any:
        old = get_article(connection, first).article
        unsure = (of("TASS", "tass", probability=0.55, cue="prose"),)
        return save_reextracted(connection, first, replace(old, credits=unsure), now)

    database.write(again)
    assert story().original is None


def test_a_text_that_becomes_another_takes_its_credits_out_of_its_story(
    database: Any, save: Any, story: Any, now: Any
) -> None:
    save("gazette")
    save("courier", after=1)
    third = save("herald", of("TASS", "tass"), after=2)
    assert story().original == "TASS"

    def again(connection: Any) -> Any:
        old = get_article(connection, third).article
        blocks = tuple(Block("paragraph", part) for part in made(2).split("\n\n"))
        return save_reextracted(connection, third, replace(old, blocks=blocks), now)

    database.write(again)
    found = story()
    assert (found.articles, found.original) == (2, None)
    assert wrong(database) == []


def wrong(database: Any) -> list[str]:
    with database.snapshot() as connection:
        return [each.name for each in check_database(connection) if each.problems]


def test_an_origin_that_is_no_article_of_its_story_is_found_out(
    database: Any, save: Any, story: Any, now: Any
) -> None:
    register(database, now, "wire", "afp")
    save("gazette", of("Agence France-Presse", "afp"))
    save("wire", after=1)
    assert wrong(database) == []
    assert story().original_article_id is not None
    database.write(
        lambda c: c.exec_driver_sql(
            "DELETE FROM story_articles WHERE article_id = (SELECT original_article_id FROM stories)"
        )
    )
    assert "the first and the original of a story are of its articles" in wrong(database)
