"""The shelf of one source: what leaves it, what several processes make of it, names given once."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ingest.templates.kept import (
    MISSED,
    PROVEN,
    SAMPLE_AT_FIRST,
    SAMPLE_OF_PROVEN,
    SAMPLE_OF_SUSPECTS,
    TRIAL,
    KeptTemplate,
)
from ingest.templates.reading_values import Learned, Misfit, PageReading
from ingest.templates.shelf import MOST_KEPT, Shelf
from ingest.templates.shelves import Shelves, kept_of, row_of
from ingest.templates.template import Place, Template
from sources.page import Page
from storage.database import Database
from storage.publishers import ensure_source
from storage.templates import forget_templates, save_templates, templates_of
from tests.ingest.templates.test_templates import address, generic, page_of

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def learned(place, chrome=()):
    """As if pages with their text at ``place`` had taught this."""
    body = (Place((place,), 1, required=True),)
    return Learned(Template(f"article {place}", "article", body, {}, chrome=chrome, support=3))


def put(shelf, place, chrome=(), *, hours=0):
    made = learned(place, chrome)
    new = shelf.learned(made.template.signature, made, NOW + timedelta(hours=hours))
    assert new is not None
    return new


def test_one_on_trial_that_gives_way_is_dropped():
    shelf = Shelf("herald")
    first = put(shelf, "div.a")
    second = put(shelf, "div.a", ("a line",))
    assert [kept.label for kept in shelf.kept] == ["article@2"]
    assert shelf.left == [first]
    assert (first.status, first.changed) == ("dropped", True)
    assert "article@2" in first.reason
    assert second.status == "trial"


def test_names_are_given_once_whatever_has_left_the_shelf():
    shelf = Shelf("herald")
    labels = {
        put(shelf, f"div.{'abcdefghijklmnopqrstuvwxyz'[n]}", hours=n).label for n in range(20)
    }
    assert len(labels) == 20
    assert len(shelf.kept) == MOST_KEPT
    # The first one's place again: its name, and its next version.
    assert put(shelf, "div.a", hours=30).label == "article@2"
    everything = [*shelf.kept, *shelf.left]
    again = Shelf("herald", [replace(kept) for kept in everything])
    assert put(again, "div.b", hours=31).label not in labels | {"article@2"}
    assert put(again, "div.zz", hours=31).label == "article-21@1"


def test_what_is_in_use_stays_when_room_is_made():
    shelf = Shelf("herald")
    busy = put(shelf, "div.busy")
    busy.status, busy.last_applied_at = "active", NOW + timedelta(days=9)
    for number in range(MOST_KEPT + 3):
        put(shelf, f"div.{'abcdefghijklmnopqrstuvwxyz'[number]}", hours=number)
    assert busy in shelf.kept


@pytest.fixture
def herald(database):
    """(reads, writes) as a pipeline does; a row of one active template is there."""
    kept = KeptTemplate("article", 1, "article div.a", "{}", 3, "active", NOW, applied=10)

    def begin(connection):
        ensure_source(connection, "herald", NOW)
        save_templates(connection, [(row_of("herald", kept), None)])

    database.write(begin)

    async def read(op):
        with database.reading() as connection:
            return op(connection)

    async def write(op):
        return database.write(op)

    return read, write


def rows(database: Database):
    with database.reading() as connection:
        return {row.label: row for row in templates_of(connection, "herald")}


def shelves_of(herald):
    return Shelves(*herald, lambda: NOW)


def test_a_daemon_and_a_backfill_add_up(herald, database):
    one, other = shelves_of(herald), shelves_of(herald)

    async def work():
        for shelves, pages in ((one, 5), (other, 7), (one, 1)):
            shelf = await shelves.of("herald")
            for _ in range(pages):
                shelf.kept[0].applied += 1
                shelf.kept[0].changed = True
            # The other one is only at its beginning when this one writes.
            await other.of("herald")
            await shelves.flush("herald")
        await one.aclose()
        await other.aclose()

    asyncio.run(work())
    assert rows(database)["article@1"].applied == 10 + 13


def test_what_could_not_be_written_is_written_later(herald, database):
    read, write = herald
    failing = True

    async def sometimes(op):
        if failing:
            raise OSError("no space left")
        return await write(op)

    shelves = Shelves(read, sometimes, lambda: NOW)

    async def work():
        nonlocal failing
        shelf = await shelves.of("herald")
        shelf.kept[0].applied += 4
        shelf.kept[0].changed = True
        with pytest.raises(OSError, match="space"):
            await shelves.flush("herald")
        failing = False
        await shelves.flush("herald")

    asyncio.run(work())
    assert rows(database)["article@1"].applied == 14


def test_what_is_forgotten_leaves_the_shelf_of_a_running_daemon(herald, database):
    shelves = shelves_of(herald)

    async def work():
        shelf = await shelves.of("herald")
        database.write(lambda c: forget_templates(c, "herald"))
        await shelves.flush("herald")
        assert shelf.kept == []
        assert put(shelf, "div.a").label == "article@2"
        await shelves.flush("herald")

    asyncio.run(work())
    assert rows(database)["article@2"].status == "trial"


def test_two_processes_that_learn_at_once_get_two_versions(herald, database):
    one, other = shelves_of(herald), shelves_of(herald)

    async def work():
        both = [await shelves.of("herald") for shelves in (one, other)]
        for shelf, chrome in zip(both, ("this", "that"), strict=True):
            put(shelf, "div.a", (chrome,))
        for shelves in (one, other, one):
            await shelves.flush("herald")
        return [sorted(kept.label for kept in shelf.kept) for shelf in both]

    labels = asyncio.run(work())
    assert labels == [["article@1", "article@2", "article@3"]] * 2
    found = rows(database)
    assert '"this"' in found["article@2"].rules
    assert '"that"' in found["article@3"].rules
    assert kept_of(found["article@3"]).written == kept_of(found["article@3"]).counts


def test_a_page_that_is_looked_at_again_teaches_once():
    html = page_of(1)
    article = generic(html, 1)
    shelf = Shelf("herald")
    for _ in range(4):
        page = Page(address(1), address(1), 200, {"content-type": "text/html"}, html.encode(), NOW)
        reading = PageReading(article, signature="article div.a", generic=article)
        assert shelf.note(reading, page, None, NOW) is None
    assert len(shelf.examples("article div.a")) == 1


def test_what_gave_way_on_trial_is_not_said_to_have_been_replaced():
    shelf = Shelf("herald")
    believed = put(shelf, "div.a")
    believed.status = "active"
    put(shelf, "div.a", ("one line",))
    third = put(shelf, "div.a", ("another line",))
    assert (third.label, third.replaces) == ("article@3", "article@1")


def test_of_pages_that_are_read_at_once_a_sample_takes_both_paths_not_all():
    shelf = Shelf("herald", [KeptTemplate("article", 1, "article div", "{}", 3, "active", NOW)])
    compared = [any(each.check for each in shelf.candidates()) for _ in range(40)]
    assert sum(compared) == 40 // SAMPLE_AT_FIRST


def test_of_pages_that_are_read_at_once_few_are_tried_with_a_template_on_trial():
    shelf = Shelf("herald", [KeptTemplate("article", 1, "article div", "{}", 3, "trial", NOW)])
    assert sum(len(shelf.candidates()) for _ in range(40)) == 2 * TRIAL


def test_one_that_differed_once_is_compared_more_often_and_one_that_differs_again_is_doubted():
    kept = KeptTemplate("article", 1, "article div", "{}", 3, "active", NOW)
    for _ in range(4):
        kept.compared(())
    kept.compared(("text",))
    assert kept.status == "active"
    assert sum(kept.wants_check() for _ in range(40)) == 40 // SAMPLE_OF_SUSPECTS
    kept.compared(("text",))
    assert kept.status == "doubted"


def test_one_that_has_agreed_since_is_compared_as_others_are():
    kept = KeptTemplate("article", 1, "article div", "{}", 3, "active", NOW)
    for _ in range(4):
        kept.compared(())
    kept.compared(("text",))
    for _ in range(8):
        kept.compared(())
    assert kept.status == "active"
    assert sum(kept.wants_check() for _ in range(320)) == 320 // SAMPLE_OF_PROVEN


def test_the_more_often_one_has_agreed_the_less_often_it_is_compared():
    kept = KeptTemplate("article", 1, "article div", "{}", 3, "active", NOW)
    shares = []
    for _ in range(PROVEN + 1):
        shares.append(sum(kept.wants_check() for _ in range(640)))
        kept.compared(())
    assert shares == sorted(shares, reverse=True)
    assert shares[-1] <= 640 / 100


def test_one_that_fits_no_page_of_its_kind_any_more_is_doubted():
    kept = KeptTemplate("article", 1, "article div.a", "{}", 3, "active", NOW)
    shelf = Shelf("herald", [kept])
    page = Page(address(1), address(1), 200, {}, page_of(1).encode(), NOW)
    article = generic(page_of(1), 1)
    missed = PageReading(
        article,
        misfits=(("article@1", Misfit("unknown_blocks")),),
        signature="article div.a",
        generic=article,
    )
    fitted = PageReading(article, "article@1")
    for reading in (*[missed] * (MISSED - 1), fitted, *[missed] * (MISSED - 1)):
        shelf.note(reading, page, None, NOW)
        assert kept.status == "active"
    shelf.note(replace(missed, signature="article div.other"), page, None, NOW)
    assert kept.status == "active"
    shelf.note(missed, page, None, NOW)
    assert (kept.status, kept.misfits) == ("doubted", 2 * MISSED - 1)
    assert shelf.candidates() == ()
