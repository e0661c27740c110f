"""An address that a page claims is a claim: it joins what is one article, and nothing else."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from storage.article import Block
from storage.articles.saving import save_article
from storage.articles.updating import update_article
from storage.changes import read_changes
from storage.links import NewLink, due_links, record_links
from storage.reading.queries import get_article
from storage.reading.wrong_claims import wrong_claims_of
from storage.schema import articles, links, revisions, wrong_claims

SITE = "gazette.example"
CLAIMED = f"{SITE}/story"
#: Three texts that have nothing in common.
TEXTS = {
    "mill": "The mill by the river turns again after eleven years. A carpenter of the village found "
    "the old drawings under the floor of his workshop, and rebuilt the wheel with oak from the hill.",
    "ferry": "Nobody knows how many letters were lost when the ferry sank in the harbour last night. "
    "Divers will begin at dawn, weather permitting, said the captain of the port in a short statement.",
    "school": "Forty pupils moved into classrooms of wood this morning, since damp had made the brick "
    "building unfit for lessons. Their headmaster expects that repairs take until the summer holidays.",
}


def article_of(make_article, name, *, claimed=CLAIMED, more="", **changes):
    blocks = (Block("paragraph", TEXTS[name]), *([Block("paragraph", more)] if more else []))
    changes = {"title": f"Of the {name}", "url": f"https://{claimed}", **changes}
    return make_article(blocks=blocks, **changes)


def announce(database, now, *keys, source="gazette"):
    new = [NewLink(key=key, url=f"https://{key}", title=f"Link {key}") for key in keys]
    return database.write(lambda c: record_links(c, source, new, now))


def fetch(database, now, key, article, *, claimed=CLAIMED, arrived=None, source="gazette"):
    """As a run does: announce, download, save."""
    announce(database, now, key, source=source)
    with database.reading() as connection:
        number = connection.execute(sa.select(links.c.id).where(links.c.key == key)).scalar_one()
    return database.write(
        lambda c: save_article(
            c,
            number,
            article,
            key=claimed,
            fetched_key=arrived or key,
            fetched_url=f"https://{arrived or key}",
            now=now,
        )
    )


def standing(database):
    """Title by key of what is filed."""
    with database.reading() as connection:
        rows = connection.execute(sa.select(articles.c.key, articles.c.title)).all()
        assert all(
            url == f"https://{key}"
            for key, url in connection.execute(sa.select(articles.c.key, articles.c.url))
        )
    return {row.key: row.title for row in rows}


def count(database, table):
    with database.reading() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar()


def test_pages_that_all_claim_one_address_stand_each_under_its_own(database, make_article, now):
    for name in TEXTS:
        saved = fetch(database, now, f"{SITE}/{name}", article_of(make_article, name))
        assert saved.outcome == "filed"
    assert standing(database) == {f"{SITE}/{name}": f"Of the {name}" for name in TEXTS}
    assert count(database, revisions) == 0
    # ... and stay there when they are looked at again.
    for name in TEXTS:
        again = fetch(database, now, f"{SITE}/{name}", article_of(make_article, name))
        assert again.outcome == "unchanged"
    assert standing(database) == {f"{SITE}/{name}": f"Of the {name}" for name in TEXTS}


def test_a_wrong_claim_is_remembered_with_a_page_that_makes_it(database, make_article, now):
    for name in TEXTS:
        fetch(database, now, f"{SITE}/{name}", article_of(make_article, name))
    with database.reading() as connection:
        (row,) = connection.execute(sa.select(wrong_claims)).all()
    assert (row.source, row.key, row.pages) == ("gazette", CLAIMED, 3)
    assert row.example == f"https://{SITE}/school"
    with database.reading() as connection:
        told = wrong_claims_of(connection, ["gazette", "herald"])
    assert set(told) == {"gazette"}
    assert told["gazette"].sentence == (
        f"pages claim the address of another text (3 times, such as https://{SITE}/school: {CLAIMED});"
        " each is filed under the address that it was fetched from"
    )


def test_the_article_at_the_claimed_address_is_fetched_and_stands_there(
    database, make_article, now
):
    # The second part of a series, met first, claims the first part's address.
    announce(database, now, f"{SITE}/mill", CLAIMED)
    fetch(database, now, f"{SITE}/mill", article_of(make_article, "mill"))
    with database.reading() as connection:
        assert [link.key for link in due_links(connection, "gazette", now, 10)] == [CLAIMED]
    assert fetch(database, now, CLAIMED, article_of(make_article, "ferry")).outcome == "filed"
    assert standing(database) == {f"{SITE}/mill": "Of the mill", CLAIMED: "Of the ferry"}


def test_a_claim_does_not_keep_an_address_out_that_is_announced_later(database, make_article, now):
    fetch(database, now, f"{SITE}/mill", article_of(make_article, "mill"))
    assert announce(database, now, CLAIMED).new == 1
    assert fetch(database, now, CLAIMED, article_of(make_article, "ferry")).outcome == "filed"
    assert standing(database) == {f"{SITE}/mill": "Of the mill", CLAIMED: "Of the ferry"}


def test_what_claims_the_address_of_another_text_leaves_that_alone(database, make_article, now):
    fetch(database, now, CLAIMED, article_of(make_article, "ferry"))
    saved = fetch(database, now, f"{SITE}/mill", article_of(make_article, "mill"))
    assert saved.outcome == "filed"
    assert standing(database) == {f"{SITE}/mill": "Of the mill", CLAIMED: "Of the ferry"}
    assert count(database, revisions) == 0


@pytest.mark.parametrize("own_first", [True, False])
def test_a_further_view_of_an_article_joins_it_and_changes_nothing(
    database, make_article, now, own_first
):
    printed = f"{SITE}/print/mill"
    pages = {
        CLAIMED: article_of(make_article, "mill"),
        printed: article_of(make_article, "mill", more="Printed from our pages for private use."),
    }
    for key in sorted(pages, reverse=own_first is (printed < CLAIMED)):
        fetch(database, now, key, pages[key])
    for key, article in pages.items():
        fetch(database, now, key, article)
    assert standing(database) == {CLAIMED: "Of the mill"}
    with database.reading() as connection:
        (row,) = connection.execute(sa.select(articles)).all()
        link = connection.execute(sa.select(links).where(links.c.key == printed)).one()
        stored = get_article(connection, row.id)
        assert due_links(connection, "gazette", now, 10) == []
    assert (row.text, row.revision) == (TEXTS["mill"], 1)
    assert (link.state, link.reason, link.article_id) == ("duplicate", "same_article", row.id)
    assert stored.addresses == (f"https://{CLAIMED}", f"https://{printed}")
    assert (count(database, revisions), count(database, wrong_claims)) == (0, 0)


def test_the_change_feed_says_that_the_text_of_the_own_address_took_a_further_views_place(
    database, make_article, now
):
    more = "Printed from our pages for private use."
    fetch(database, now, f"{SITE}/print", article_of(make_article, "mill", more=more))
    fetch(database, now, CLAIMED, article_of(make_article, "mill"))
    with database.reading() as connection:
        assert [change.kind for change in read_changes(connection, 0)] == ["filed", "updated"]


def test_an_own_address_that_comes_days_later_makes_a_revision(database, make_article, now):
    more = "Printed from our pages for private use."
    fetch(database, now, f"{SITE}/print", article_of(make_article, "mill", more=more))
    later = now + timedelta(days=2)
    saved = fetch(database, later, CLAIMED, article_of(make_article, "mill"))
    assert saved.outcome == "revised"
    with database.reading() as connection:
        (kept,) = connection.execute(sa.select(revisions)).all()
    assert (kept.text, kept.cause) == (f"{TEXTS['mill']}\n\n{more}", "own_address")


def test_a_redirects_target_is_a_claim_too(database, make_article, now):
    # Every link of the site leads, by way of a cookie, to one address with another text each time.
    for name in TEXTS:
        article = article_of(make_article, name)
        saved = fetch(database, now, f"{SITE}/{name}", article, arrived=CLAIMED)
        assert saved.outcome == "filed"
    assert sorted(standing(database).values()) == sorted(f"Of the {name}" for name in TEXTS)
    assert count(database, revisions) == 0


def test_a_redirect_that_was_followed_is_not_followed_again(database, make_article, now):
    short = f"{SITE}/s/1"
    article = article_of(make_article, "mill")
    fetch(database, now, short, article, arrived=CLAIMED)
    announce(database, now, short, CLAIMED)
    with database.reading() as connection:
        assert due_links(connection, "gazette", now, 10) == []
    assert standing(database) == {CLAIMED: "Of the mill"}


def test_an_article_keeps_its_address_whatever_its_page_claims_later(database, make_article, now):
    own = f"{SITE}/mill"
    fetch(database, now, own, article_of(make_article, "mill", claimed=own), claimed=own)
    saved = fetch(database, now, own, article_of(make_article, "mill"))
    assert saved.outcome == "unchanged"
    assert standing(database) == {own: "Of the mill"}


@pytest.mark.parametrize("theirs_first", [True, False])
def test_no_claim_takes_keeps_out_or_changes_another_sources_article(
    database, make_article, now, theirs_first
):
    theirs = article_of(make_article, "ferry")
    if theirs_first:
        fetch(database, now, CLAIMED, theirs)
    saved = fetch(
        database,
        now,
        "tabloid.example/mill",
        article_of(make_article, "mill", source="tabloid"),
        source="tabloid",
    )
    assert saved.outcome == "filed"
    fetch(database, now, CLAIMED, theirs)
    assert standing(database) == {"tabloid.example/mill": "Of the mill", CLAIMED: "Of the ferry"}
    with database.reading() as connection:
        owners = dict(connection.execute(sa.select(articles.c.key, articles.c.source)).all())
    assert owners == {"tabloid.example/mill": "tabloid", CLAIMED: "gazette"}


def test_anothers_copy_of_the_text_does_not_take_its_address_either(database, make_article, now):
    stolen = article_of(make_article, "mill", source="tabloid")
    fetch(database, now, "tabloid.example/mill", stolen, source="tabloid")
    fetch(database, now, CLAIMED, article_of(make_article, "mill"))
    assert set(standing(database)) == {"tabloid.example/mill", CLAIMED}


def test_reports_made_from_one_template_under_one_claim_are_no_one_article(
    database, make_article, now
):
    frame = (
        "The water of the river stood at {} centimetres at the old bridge this morning. The office "
        "of waterways expects that it goes on to {} until the evening. Ships may pass below the "
        "bridge as long as it is under four hundred centimetres, and the ferry runs as it always does."
    )
    for day, level in enumerate((210, 260, 310)):
        article = make_article(
            blocks=(Block("paragraph", frame.format(level, "rise" if day else "fall")),),
            title=f"Water level of day {day}: {level} centimetres",
            url=f"https://{CLAIMED}",
        )
        fetch(database, now, f"{SITE}/water-{day}", article)
    assert len(standing(database)) == 3


def test_a_page_that_holds_the_article_at_the_claimed_address_and_much_more_is_no_view_of_it(
    database, make_article, now
):
    # The parts of a series all begin with the words of its first page.
    fetch(database, now, CLAIMED, article_of(make_article, "mill"))
    for name in ("ferry", "school"):
        part = article_of(make_article, "mill", more=TEXTS[name], title=f"Of the {name}")
        assert fetch(database, now, f"{SITE}/{name}", part).outcome == "filed"
    assert len(standing(database)) == 3


@pytest.mark.parametrize("paid", [True, False])
def test_an_own_address_that_shows_the_beginning_alone_takes_nobodys_place(
    database, make_article, now, paid
):
    # The AMP version has the whole text, the article's own page what is shown without paying.
    whole = article_of(make_article, "mill", more=" ".join(TEXTS[n] for n in ("ferry", "school")))
    fetch(database, now, f"{SITE}/amp/mill", whole)
    own = article_of(make_article, "mill", complete=not paid)
    assert fetch(database, now, CLAIMED, own).outcome == "duplicate"
    with database.reading() as connection:
        (row,) = connection.execute(sa.select(articles)).all()
        assert due_links(connection, "gazette", now, 10) == []
    assert (row.key, row.text, row.complete) == (CLAIMED, whole.text, True)


def link_of(database, key):
    with database.reading() as connection:
        return connection.execute(sa.select(links).where(links.c.key == key)).first()


@pytest.mark.parametrize("look", ["first", "second"])
def test_a_redirect_to_what_another_source_announced_leaves_that_to_it(
    database, make_article, now, look
):
    theirs, own = "herald.example/mill", f"{SITE}/mill"
    article = article_of(make_article, "mill", claimed=own)
    if look == "second":
        fetch(database, now, own, article, claimed=own)
    announce(database, now, theirs, source="herald")
    fetch(database, now, own, article, claimed=own, arrived=theirs)
    with database.reading() as connection:
        assert [link.key for link in due_links(connection, "herald", now, 10)] == [theirs]


def test_a_redirect_that_was_not_believed_is_not_believed_at_the_next_look(
    database, make_article, now
):
    for arrived in (None, CLAIMED, CLAIMED):
        for name in ("mill", "ferry"):
            fetch(database, now, f"{SITE}/{name}", article_of(make_article, name), arrived=arrived)
    assert link_of(database, CLAIMED) is None
    announce(database, now, CLAIMED)
    assert fetch(database, now, CLAIMED, article_of(make_article, "school")).outcome == "filed"
    assert len(standing(database)) == 3


def test_the_address_where_a_page_was_is_kept_as_an_address(database, make_article, now):
    there = f"{SITE}/there"
    fetch(database, now, f"{SITE}/s/1", article_of(make_article, "mill"), arrived=there)
    assert link_of(database, there).url == f"https://{there}"


def test_a_kept_page_that_is_read_again_stands_under_its_links_address(database, make_article, now):
    fetch(database, now, CLAIMED, article_of(make_article, "ferry"))
    announce(database, now, f"{SITE}/mill")
    number = link_of(database, f"{SITE}/mill").id
    article = article_of(make_article, "mill")
    database.write(
        lambda c: save_article(c, number, article, key=CLAIMED, fetched_key=f"{SITE}/mill", now=now)
    )
    assert set(standing(database)) == {CLAIMED, f"{SITE}/mill"}


def test_a_text_that_another_process_files_a_moment_before_is_looked_up_again(
    database, make_article, now, monkeypatch
):
    own = f"{SITE}/mill"
    first = fetch(database, now, own, article_of(make_article, "mill"))
    tries = []

    def quicker(*given, **named):
        tries.append(None)
        if len(tries) == 1:
            raise sa.exc.IntegrityError("UPDATE articles", None, Exception("unique"))
        return update_article(*given, **named)

    monkeypatch.setattr("storage.articles.standing.update_article", quicker)
    more = (
        "The miller grinds for the village on two days of the week, and for the baker on a third."
    )
    again = fetch(database, now, own, article_of(make_article, "mill", more=more))
    assert (again.outcome, again.article_id, len(tries)) == ("revised", first.article_id, 2)
    assert count(database, wrong_claims) == 0
