"""Which articles are one story: copies are, follow-ups are not."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from storage.article import Block, Credit
from storage.articles.saving import save_article, save_reextracted
from storage.care.checks import check_database
from storage.changes import read_changes
from storage.publishers import record_source
from storage.reading.queries import ArticleFilter, get_article
from storage.schema import story_articles
from storage.stories.queries import get_story, list_stories

WORDS = (
    "council bridge river harbour winter ferry school engine evening paper vote budget street roof "
    "garden market letter union doctor train signal mayor court water station police report island"
).split()


def made(seed, words=220):
    """A text of its own, in paragraphs of forty words."""
    rng = random.Random(seed)
    # Pairs of words, so that two texts have no five in a row in common.
    said = [f"{rng.choice(WORDS)}{rng.randrange(40)}" for _ in range(words)]
    return "\n\n".join(" ".join(said[at : at + 40]) + "." for at in range(0, words, 40))


@pytest.fixture
def save(database, make_article, now):
    def put(text, source, name="a", **changes):
        key = f"{source}.example/{name}"
        article = make_article(text, source=source, url=f"https://{key}", **changes)
        return database.write(
            lambda c: save_article(c, None, article, key=key, fetched_key=None, now=now)
        ).article_id

    return put


def reread(database, now, article_id, text):
    """The article has another text now."""

    def change(connection):
        old = get_article(connection, article_id).article
        new = replace(old, blocks=tuple(Block("paragraph", part) for part in text.split("\n\n")))
        return save_reextracted(connection, article_id, new, now)

    return database.write(change)


@pytest.fixture
def story(database):
    def ask(article_id):
        with database.reading() as connection:
            return connection.execute(
                sa.select(story_articles.c.story_id).where(
                    story_articles.c.article_id == article_id
                )
            ).scalar()

    return ask


def all_well(database):
    with database.snapshot() as connection:
        assert [each.name for each in check_database(connection) if each.problems] == []


def test_copies_of_other_sources_are_one_story(database, save, story):
    text = made(1)
    one = save(text, "gazette")
    assert story(one) is None
    whole = save(text, "courier", title="Another headline")
    opening = save(
        "A new opening that the desk wrote by itself today.\n\n" + text.split("\n\n", 1)[1],
        "herald",
    )
    shortened = save("\n\n".join(text.split("\n\n")[:4]), "post")
    agency = save(text + "\n\n(Wire Press)", "tribune")
    numbers = {story(each) for each in (one, whole, opening, shortened, agency)}
    assert len(numbers) == 1
    assert None not in numbers
    with database.reading() as connection:
        (found,) = list_stories(connection)
        _, members = get_story(connection, found.id)
    assert found.articles == 5
    assert set(found.sources) == {"gazette", "courier", "herald", "post", "tribune"}
    assert all(0.55 <= member.share <= 1 for member in members)


@pytest.mark.parametrize(
    ("filters", "there"),
    [
        ({"source": "courier", "text": "COUNCIL"}, True),
        ({"source": "courier", "credited": "wire"}, False),  # one article has to pass them all
        ({"source": "gazette", "credited": "wire"}, True),
        ({"language": "de"}, False),
        ({"since": 0}, True),
        ({"since": 1}, False),
        ({"until": 0}, False),
        ({"until": 1, "source": "courier"}, True),
    ],
)
def test_a_story_is_listed_where_one_of_its_articles_passes(database, save, filters, there):
    text = made(1)
    save(text, "gazette", credits=(Credit("agency", "Wire Press", "(wp)", "tail"),))
    save(text, "courier", published_at="2026-11-19T10:00:00+00:00", title="Council")
    with database.reading() as connection:
        (story,) = list_stories(connection)
        at = story.updated_at
        times = {name: at + timedelta(hours=n) for name, n in filters.items() if isinstance(n, int)}
        found = list_stories(connection, ArticleFilter(**{**filters, **times}))
    assert found == ([story] if there else [])
    assert story.title == "Council"  # of its first article, whatever the filter
    all_well(database)


def test_two_follow_ups_that_share_background_are_not(database, save, story):
    background = made("background", 80)
    one = save(made(1, 160) + "\n\n" + background, "gazette")
    other = save(made(2, 160) + "\n\n" + background, "courier")
    assert story(one) is None
    assert story(other) is None


def test_reports_of_one_template_are_not(save, story):
    def weather(seed):
        rng = random.Random(seed)
        parts = [
            f"In the {place} it will be {rng.choice(WORDS)} with {rng.randint(1, 30)} degrees and "
            f"{rng.choice(WORDS)} from the {rng.choice(['north', 'south', 'east', 'west'])}."
            for place in WORDS[:20]
        ]
        return "\n\n".join(parts)

    one, other = save(weather(1), "gazette", "a"), save(weather(2), "gazette", "b")
    assert story(one) is None
    assert story(other) is None


def test_a_late_arrival_merges_two_stories_with_a_record(database, save, story):
    whole = made(1, 400).split("\n\n")
    first, second = "\n\n".join(whole[:6]), "\n\n".join(whole[4:])
    a, b = save(first, "gazette"), save(first, "courier")
    c, d = save(second, "herald"), save(second, "post")
    assert story(a) == story(b) != story(c) == story(d)
    kept, taken = story(a), story(c)
    both = save("\n\n".join(whole), "tribune")
    assert {story(each) for each in (a, b, c, d, both)} == {kept}
    with database.reading() as connection:
        merged, _ = get_story(connection, taken)
        changes = read_changes(connection, 0)
    assert (merged.merged_into, merged.articles) == (kept, 0)
    told = [change.article_id for change in changes if change.kind == "merged"]
    assert sorted(told) == [c, d]
    all_well(database)


@pytest.mark.parametrize("digest_at", [0, 1, 2, 3, 4])
def test_a_page_that_holds_two_articles_whole_brings_nothing_together(
    database, save, story, digest_at
):
    first, second = made(1, 200), made(2, 200)
    come = [(first, "gazette"), (second, "herald"), (first, "courier"), (second, "post")]
    come.insert(digest_at, (f"{first}\n\n{second}", "tribune"))
    found = {house: save(text, house) for text, house in come}
    assert story(found["gazette"]) != story(found["herald"])
    assert story(found["courier"]) != story(found["post"])
    with database.reading() as connection:
        merged = [each for each in read_changes(connection, 0) if each.kind == "merged"]
        largest = max(each.articles for each in list_stories(connection))
    assert merged == []
    assert largest <= 3
    all_well(database)


@pytest.mark.parametrize("digests_at", [0, 1, 2, 3, 4])
@pytest.mark.parametrize("more", ["", "a third text"])
def test_a_digest_that_comes_twice_brings_nothing_together_either(
    database, save, story, digests_at, more
):
    first, second = made(1, 200), made(2, 200)
    both = f"{first}\n\n{second}" + (f"\n\n{made(3, 200)}" if more else "")
    come = [(first, "gazette"), (second, "herald"), (first, "courier"), (second, "post")]
    come[digests_at:digests_at] = [(both, "tribune"), (f"{both}\n\nOnce more.", "tabloid")]
    found = {house: save(text, house) for text, house in come}
    assert story(found["gazette"]) != story(found["herald"])
    assert story(found["courier"]) != story(found["post"])
    with database.reading() as connection:
        assert [each for each in read_changes(connection, 0) if each.kind == "merged"] == []
    all_well(database)


def test_a_digest_in_one_story_does_not_bring_another_to_it(database, save, story):
    first, second = made(1, 200), made(2, 200)
    one = save(first, "gazette")
    digest = save(f"{first}\n\n{second}", "tribune")
    others = [save(second, house) for house in ("herald", "post")]
    again = save(f"{first}\n\n{second}\n\nOnce more.", "tabloid")
    assert story(one) == story(digest) == story(again) is not None
    assert story(others[0]) == story(others[1]) not in (None, story(one))
    all_well(database)


def test_a_digest_of_many_articles_joins_none_of_their_stories(save, story):
    texts = [made(number, 160) for number in range(5)]
    ones = [save(text, "gazette", f"a{n}") for n, text in enumerate(texts)]
    others = [save(text, "courier", f"a{n}") for n, text in enumerate(texts)]
    digest = save("\n\n".join(texts), "tribune")
    assert story(digest) is None
    assert [story(each) for each in ones] == [story(each) for each in others]
    assert len({story(each) for each in ones}) == 5


def test_an_article_with_a_short_one_beside_it_stays_in_its_story(save, story):
    text, aside = made(1, 240), made(2, 60)
    one = save(text, "gazette")
    save(aside, "gazette", "b")
    longer = save(f"{text}\n\n{aside}", "courier")
    assert story(longer) == story(one) is not None


def test_who_states_an_earlier_time_is_not_first_for_that(database, save, make_article, now):
    text = made(3)
    one = save(text, "gazette", published_at="2026-11-20T05:00:00+00:00")
    copy = make_article(text, source="tabloid", published_at="2019-01-01T00:00:00+00:00")
    database.write(
        lambda c: save_article(
            c, None, copy, key="t.example/1", fetched_key=None, now=now + timedelta(minutes=1)
        )
    )
    with database.reading() as connection:
        (found,) = list_stories(connection)
    assert found.first_article_id == one


@pytest.mark.parametrize("credited_by", ["itself", "others"])
def test_a_house_is_the_original_where_others_say_so(
    database, save, make_article, now, credited_by
):
    text = made(3)
    credit = (Credit("original_publisher", "tabloid", "first in the tabloid", "tail"),)
    theirs = credit if credited_by == "others" else ()
    one = save(text, "gazette", credits=theirs, published_at="2026-11-20T05:00:00+00:00")
    copy = make_article(
        text, source="tabloid", published_at="2026-11-19T05:00:00+00:00", credits=credit
    )
    later = now + timedelta(minutes=1)
    other = database.write(
        lambda c: save_article(c, None, copy, key="t.example/1", fetched_key=None, now=later)
    ).article_id
    with database.reading() as connection:
        (found,) = list_stories(connection)
    expected = (other, "tabloid") if credited_by == "others" else (one, None)
    assert (found.first_article_id, found.original) == expected


def test_the_story_knows_its_first_article_and_its_original(database, save, now):
    database.write(
        lambda c: record_source(
            c,
            "herald",
            title="The Highland Herald",
            home=None,
            language="en",
            country=None,
            platform=None,
            now=now,
        )
    )
    credited = (Credit("original_publisher", "The Highland Herald", "first in the Herald", "tail"),)
    text = made(3)
    save(text, "gazette", published_at="2026-11-20T09:00:00+00:00", credits=credited)
    own = save(text, "herald", published_at="2026-11-19T09:00:00+00:00", language="en")
    with database.reading() as connection:
        (found,) = list_stories(connection)
    assert (found.first_article_id, found.original_article_id) == (own, own)
    assert found.original == "The Highland Herald"


def test_an_article_whose_text_becomes_another_leaves_its_story(database, save, story, now):
    text = made(4)
    one = save(text, "gazette")
    other = save(text, "courier")
    assert story(one) == story(other) is not None
    reread(database, now, other, made(5))
    assert story(one) is None
    assert story(other) is None
    all_well(database)


@pytest.mark.parametrize("copies", [1, 2])
def test_an_article_that_goes_over_to_another_story_takes_its_own_along_with_it_no_more(
    database, save, story, now, copies
):
    first, second = made(4), made(5)
    ones = [save(first, house) for house in ("gazette", "courier")[:copies]]
    others = [save(second, house) for house in ("herald", "post")]
    crossing = save(first, "tabloid")
    assert story(crossing) == story(ones[0])
    reread(database, now, crossing, second)
    assert story(crossing) == story(others[0]) == story(others[1])
    assert {story(each) for each in ones} != {story(crossing)}
    assert (story(ones[0]) is None) == (copies == 1)
    with database.reading() as connection:
        changes = read_changes(connection, 0)
    assert [change for change in changes if change.kind == "merged"] == []
    all_well(database)


def test_short_texts_are_no_story(save, story):
    one = save("The office is closed today.", "gazette")
    save("The office is closed today.", "courier")
    assert story(one) is None


def test_the_source_files_a_text_once(database, save):
    text = made(6)
    assert save(text, "gazette", "a") == save(text, "gazette", "b")
    with database.reading() as connection:
        assert list_stories(connection) == []


def test_a_text_that_has_changed_is_compared_as_it_is_now(database, make_article, now):
    def text(seed):
        return " ".join(f"{seed}{n}" for n in range(120))

    def save(source, key, body):
        article = replace(make_article(body), source=source, title=body[:10])
        return database.write(
            lambda c: save_article(c, None, article, key=key, fetched_key=None, now=now)
        )

    save("gazette", "one", text("a"))
    save("courier", "two", text("a"))  # compared with the first, which is kept ready
    reread(database, now, 1, text("b"))
    save("herald", "three", text("b"))
    save("tribune", "four", text("a"))
    with database.reading() as connection:
        stories = connection.exec_driver_sql(
            "SELECT a.key, s.story_id FROM story_articles AS s JOIN articles AS a"
            " ON a.id = s.article_id"
        ).all()
    groups = {}
    for key, story in stories:
        groups.setdefault(story, set()).add(key)
    assert sorted(map(sorted, groups.values())) == [["four", "two"], ["one", "three"]]
