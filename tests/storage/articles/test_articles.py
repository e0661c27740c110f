import shutil
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.article import Article, Block, Credit, Struck
from storage.articles.saving import save_article
from storage.changes import read_changes
from storage.database import Database
from storage.engine.stored_text import clean_text
from storage.links import NewLink, due_links, mark_fetched_failure, record_links
from storage.links.documents import record_document
from storage.publishers import ensure_source
from storage.reading.queries import get_article, list_articles
from storage.schema import articles, links, revisions
from storage.text.fingerprint import fingerprint

KEY = "gazette.example/bridge"


def find_article(connection, key):
    """The number of the article that an address key leads to, its own or a link's."""
    by_key = sa.select(articles.c.id).where(articles.c.key == key)
    by_link = sa.select(links.c.article_id).where(links.c.key == key)
    return connection.execute(by_key).scalar() or connection.execute(by_link).scalar()


def announce(database, now, *keys, source="gazette"):
    new = [NewLink(key=key, url=f"https://{key}", content="<p>teaser</p>") for key in keys]
    database.write(lambda c: record_links(c, source, new, now))
    return [link_row(database, key).id for key in keys]


def link_row(database, key):
    with database.reading() as connection:
        return connection.execute(sa.select(links).where(links.c.key == key)).one_or_none()


def save(database, article, now, *, key=KEY, fetched=None, link_id=None):
    return database.write(
        lambda c: save_article(c, link_id, article, key=key, fetched_key=fetched, now=now)
    )


def stored(database, article_id):
    with database.reading() as connection:
        return get_article(connection, article_id)


def count(database, table):
    with database.reading() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar()


def full_article(make_article):
    return make_article(
        "First.\n\nSecond, with \u201cquotes\u201d.",
        standfirst="After ten years",
        authors=("Անի Պետրոսյան", "B. Q. O'Hara"),
        modified_at="2026-11-21",
        language="en",
        section="Local",
        tags=("bridge", "roads"),
        image="https://gazette.example/b.jpg",
        credits=(Credit("agency", "Reuters", "(Reuters)", "dateline"),),
        struck=(Struck("top of page", "page_anchor"), Struck("Ad", "ad")),
        kind="opinion",
        complete=False,
        extractor="platform:wix",
    )


def test_another_opinion_of_the_same_page_is_no_change_of_the_article(database, make_article, now):
    saved = save(database, replace(full_article(make_article), probability=0.97), now)
    before = stored(database, saved.article_id)
    with database.reading() as connection:
        changes = len(read_changes(connection, 0))
    again = replace(full_article(make_article), probability=0.91)
    assert save(database, again, now + timedelta(hours=1)).outcome == "unchanged"
    assert stored(database, saved.article_id) == before
    assert before.article.probability == 0.97
    with database.reading() as connection:
        assert len(read_changes(connection, 0)) == changes


def test_an_article_comes_back_as_it_was_filed(database, make_article, now):
    article = full_article(make_article)
    saved = save(database, article, now)
    assert saved.outcome == "filed"
    back = stored(database, saved.article_id)
    assert back.article == article
    assert (back.filed_at, back.updated_at, back.revision, back.revisions) == (now, now, 1, ())


def test_stated_times_are_kept_and_sorted_by_their_instants(database, make_article, now):
    save(database, full_article(make_article), now)
    with database.reading() as connection:
        row = connection.execute(sa.select(articles)).one()
    assert (row.published, row.published_precision) == ("2026-11-20T10:00:00+04:00", "instant")
    assert row.published_at == datetime(2026, 11, 20, 6, tzinfo=UTC)
    assert (row.modified, row.modified_precision) == ("2026-11-21", "day")
    assert row.words == 4


def test_the_link_is_done_in_the_same_step_and_drops_its_body(database, make_article, now):
    (link_id,) = announce(database, now, KEY)
    saved = save(database, make_article(), now, fetched=KEY, link_id=link_id)
    row = link_row(database, KEY)
    assert (row.state, row.article_id, row.content, row.fetched_at) == (
        "done",
        saved.article_id,
        None,
        now,
    )


def test_saving_the_same_again_changes_nothing(database, make_article, now):
    article = full_article(make_article)
    first = save(database, article, now)
    again = save(database, article, now + timedelta(days=1))
    assert (again.outcome, again.article_id) == ("unchanged", first.article_id)
    assert stored(database, first.article_id).updated_at == now
    assert count(database, revisions) == 0


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Bridge opens at last"},
        {"standfirst": "A day late"},
        {"blocks": (Block("paragraph", "The bridge stays closed."),)},
    ],
)
def test_a_change_by_the_publisher_makes_a_revision_and_loses_nothing(
    database, make_article, now, change
):
    old = full_article(make_article)
    later = now + timedelta(hours=1)
    first = save(database, old, now)
    new = replace(old, **change, credits=(), struck=(Struck("Share", "share"),))
    second = save(database, new, later)
    assert (second.outcome, second.article_id) == ("revised", first.article_id)
    back = stored(database, first.article_id)
    assert back.article == new
    assert (back.revision, back.filed_at, back.updated_at) == (2, now, later)
    (summary,) = back.revisions
    assert (summary.number, summary.title, summary.seen_at, summary.replaced_at) == (
        1,
        old.title,
        now,
        later,
    )
    with database.reading() as connection:
        earlier = connection.execute(sa.select(revisions)).one()
    assert (earlier.text, earlier.standfirst) == (old.text, old.standfirst)
    assert earlier.credits == old.as_json()["credits"]
    assert earlier.struck == old.as_json()["struck"]
    assert (earlier.authors, earlier.published) == (list(old.authors), old.published_at)


def test_a_text_that_goes_back_is_a_third_revision(database, make_article, now):
    texts = ["One text.", "Another text.", "One text."]
    for hour, text in enumerate(texts):
        saved = save(database, make_article(text), now + timedelta(hours=hour))
    back = stored(database, saved.article_id)
    assert (saved.outcome, back.revision, back.article.text) == ("revised", 3, "One text.")
    assert [(each.number, each.seen_at) for each in back.revisions] == [
        (1, now),
        (2, now + timedelta(hours=1)),
    ]


def test_metadata_is_brought_up_to_date_without_a_revision(database, make_article, now):
    first = save(database, make_article(), now)
    later = now + timedelta(hours=1)
    better = make_article(
        modified_at="2026-11-21", section="Local", credits=(Credit("agency", "AFP", "AFP", "tail"),)
    )
    again = save(database, better, later)
    back = stored(database, first.article_id)
    assert again.outcome == "unchanged"
    assert back.article == better
    assert (back.updated_at, back.revision) == (later, 1)


def test_what_was_known_is_not_lost_to_a_poorer_download(database, make_article, now):
    article = full_article(make_article)
    first = save(database, article, now)
    poorer = make_article(article.text, title=None, published_at=None)
    assert save(database, poorer, now).outcome == "unchanged"
    back = stored(database, first.article_id).article
    assert (back.title, back.authors, back.tags) == (article.title, article.authors, article.tags)
    assert (back.published_at, back.credits) == (article.published_at, article.credits)


def test_a_stated_time_never_stands_beside_anothers_instant(database, make_article, now):
    save(database, make_article(), now)
    save(database, make_article(published_at="last week"), now)
    with database.reading() as connection:
        row = connection.execute(sa.select(articles)).one()
    assert (row.published, row.published_at, row.published_precision) == ("last week", None, None)


def test_a_text_set_otherwise_is_the_same_text(database, make_article, now):
    first = save(database, make_article("He said: “no”."), now)
    assert save(database, make_article('He said:  "no"'), now).outcome == "unchanged"
    assert stored(database, first.article_id).article.text == "He said: “no”."


def test_the_same_text_at_another_address_is_a_duplicate_of_the_first(database, make_article, now):
    one, other = announce(database, now, KEY, "gazette.example/print/bridge")
    first = save(database, make_article(), now, link_id=one)
    for _ in range(2):
        second = save(
            database, make_article(), now, key="gazette.example/print/bridge", link_id=other
        )
        assert (second.outcome, second.article_id) == ("duplicate", first.article_id)
    row = link_row(database, "gazette.example/print/bridge")
    assert (row.state, row.article_id) == ("duplicate", first.article_id)
    assert "https://gazette.example/print/bridge" in stored(database, first.article_id).addresses
    assert count(database, articles) == 1


def test_a_duplicate_whose_text_changes_is_an_article_of_its_own(database, make_article, now):
    other_key = "gazette.example/other"
    one, other = announce(database, now, KEY, other_key)
    first = save(database, make_article(), now, link_id=one)
    save(database, make_article(), now, key=other_key, link_id=other)
    changed = save(database, make_article("A text of its own."), now, key=other_key, link_id=other)
    assert changed.outcome == "filed"
    assert changed.article_id != first.article_id
    assert stored(database, first.article_id).article.text == make_article().text


def test_an_article_that_takes_on_anothers_text_is_its_duplicate(database, make_article, now):
    first = save(database, make_article("One."), now, key="a")
    second = save(database, make_article("Two."), now, key="b")
    for _ in range(2):
        again = save(database, make_article("One."), now, key="b")
        assert (again.outcome, again.article_id) == ("duplicate", first.article_id)
    assert stored(database, second.article_id).article.text == "Two."


def test_each_source_files_its_own_copy(database, make_article, now):
    first = save(database, make_article(), now, key="a")
    second = save(database, make_article(source="herald"), now, key="b")
    assert (first.outcome, second.outcome) == ("filed", "filed")


@pytest.mark.parametrize("filed", [True, False])
def test_a_page_cannot_claim_another_sources_address(database, make_article, now, filed):
    (theirs,) = announce(database, now, KEY)
    if filed:
        save(database, make_article(), now, fetched=KEY, link_id=theirs)
    (link_id,) = announce(database, now, "tabloid.example/x", source="tabloid")
    saved = save(
        database,
        make_article("Stolen words.", source="tabloid"),
        now,
        key=KEY,
        fetched="tabloid.example/x",
        link_id=link_id,
    )
    assert saved.outcome == "filed"
    with database.reading() as connection:
        assert find_article(connection, "tabloid.example/x") == saved.article_id
        assert find_article(connection, KEY) != saved.article_id
        assert len(due_links(connection, "gazette", now, 10)) == (0 if filed else 1)
    assert count(database, revisions) == 0


@pytest.mark.parametrize("text", ["", " \n\n\u200b", "...", "\x00"])
def test_an_article_without_text_is_refused(database, make_article, now, text):
    with pytest.raises(ValueError, match="without text"):
        save(database, make_article(text), now)
    assert count(database, articles) == 0


def test_an_article_needs_a_source_and_takes_its_links(database, make_article, now):
    with pytest.raises(ValueError, match="source"):
        save(database, make_article(source=None), now)
    (link_id,) = announce(database, now, KEY)
    saved = save(database, make_article(source=None), now, link_id=link_id)
    assert stored(database, saved.article_id).article.source == "gazette"


def test_characters_that_no_database_takes_do_not_stop_an_article(database, now):
    hostile = "a\x00b\ud800"
    article = Article(
        url=f"https://gazette.example/{hostile}",
        title=hostile,
        blocks=(Block("paragraph", hostile),),
        standfirst=hostile,
        authors=(hostile,),
        tags=(hostile,),
        section=hostile,
        credits=(Credit("agency", hostile, hostile, "tail"),),
        struck=(Struck(hostile, "ad"),),
        source="gazette",
    )
    first = save(database, article, now, key=hostile)
    again = save(database, article, now + timedelta(days=1), key=hostile)
    back = stored(database, first.article_id)
    assert (first.outcome, again.outcome, back.updated_at) == ("filed", "unchanged", now)
    assert back.article.title == back.article.text == "ab\ufffd"


def test_a_failed_refetch_keeps_the_article(database, make_article, now):
    (link_id,) = announce(database, now, KEY)
    saved = save(database, make_article(), now, link_id=link_id)
    database.write(
        lambda c: mark_fetched_failure(
            c,
            link_id,
            state="gone",
            reason="status",
            detail=None,
            retry_at=None,
            status=410,
            now=now,
        )
    )
    with database.reading() as connection:
        assert find_article(connection, KEY) == saved.article_id
        assert len(list_articles(connection)) == 1


def test_a_modification_that_was_announced_leads_to_a_revision(database, make_article, now):
    """The whole way: announced, filed, announced as modified, revised."""

    def poll(modified):
        new = [NewLink(key=KEY, url=f"https://{KEY}", modified=modified)]
        return database.write(
            lambda c: record_document(
                c,
                "gazette",
                "https://gazette.example/feed",
                kind="feed",
                etag=None,
                last_modified=None,
                status=200,
                error=None,
                links=new,
                now=now,
            )
        )

    poll("2026-11-20T10:00:00Z")
    for text, outcome in (("Old text.", "filed"), ("New text.", "revised")):
        with database.reading() as connection:
            (due,) = due_links(connection, "gazette", now, 10)
        saved = save(database, make_article(text), now, fetched=due.key, link_id=due.id)
        assert saved.outcome == outcome
        assert poll("2026-11-20T11:00:00Z").changed == (1 if outcome == "filed" else 0)


def test_two_processes_that_file_the_same_article_file_it_once(
    ready_address, database, make_article, now
):
    # Two databases objects have two writers, as two processes have.
    with Database.open(ready_address) as other:
        gate = threading.Barrier(2)
        saved = []

        def work(mine):
            gate.wait()
            futures = [
                mine.writer.submit(
                    lambda c, n=n: save_article(
                        c, None, make_article(f"Text {n}."), key=f"k{n}", fetched_key=None, now=now
                    )
                )
                for n in range(60)
            ]
            saved.append([future.result() for future in futures])

        threads = [threading.Thread(target=work, args=(mine,)) for mine in (database, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert count(database, articles) == 60
    assert [one.article_id for one in saved[0]] == [one.article_id for one in saved[1]]
    outcomes = sorted(one.outcome for each in saved for one in each)
    assert outcomes == ["filed"] * 60 + ["unchanged"] * 60


@pytest.mark.parametrize("fetched", [None, "gazette.example/amp"])
def test_an_article_that_another_process_files_between_two_looks_is_no_duplicate(
    postgres_address, make_article, now, fetched
):
    # A duplicate's link is never due again, so calling it one would lose its later revisions.
    with Database.open(postgres_address) as database, Database.open(postgres_address) as other:
        database.write(lambda c: ensure_source(c, "gazette", now))
        theirs = []

        def file_it_first(connection, cursor, statement, *_):
            if "AND fingerprint = " in statement and not theirs:
                theirs.append(None)
                key = "gazette.example/other" if fetched else KEY
                theirs[0] = save(other, make_article(), now, key=key, fetched=fetched)

        def op(connection):
            sa.event.listen(connection, "before_cursor_execute", file_it_first)
            return save_article(
                connection, None, make_article(), key=KEY, fetched_key=fetched, now=now
            )

        ours = database.write(op)
        assert theirs[0].outcome == "filed"
        assert (ours.outcome, ours.article_id) == ("unchanged", theirs[0].article_id)
        assert link_row(database, fetched or KEY).state == "done"


TEXTS = st.text(st.characters(), min_size=0, max_size=30).map(lambda text: "x" + text)
STEPS = st.lists(
    st.tuples(
        st.sampled_from("abc"),
        st.sampled_from("abc"),
        st.one_of(st.sampled_from(["One.", "Two."]), TEXTS),
    ),
    max_size=8,
)


@settings(max_examples=25)
@given(STEPS)
def test_whatever_is_saved_saving_it_again_changes_nothing(tmp_path_factory, filled_sqlite, steps):
    now = datetime(2026, 11, 20, tzinfo=UTC)
    path = tmp_path_factory.mktemp("articles") / "news.sqlite3"
    shutil.copy(filled_sqlite, path)
    texts = set()
    with Database.open(path) as database:
        for key, fetched, text in steps:
            article = Article(url=None, title="T", blocks=(Block("paragraph", text),), source="g")
            first = save(database, article, now, key=key, fetched=fetched)
            again = save(database, article, now, key=key, fetched=fetched)
            assert again.article_id == first.article_id
            assert again.outcome in ("unchanged", "duplicate", "unlike")
            texts.add(first.article_id)
            with database.reading() as connection:
                assert find_article(connection, fetched) is not None
                held = connection.execute(sa.select(articles.c.fingerprint)).scalars().all()
                held += connection.execute(sa.select(revisions.c.fingerprint)).scalars().all()
                # No text that was ever saved is missing: but for a further view of an article, and
                # what is not the article any more.
                left_out = first.reason == "same_article" or first.outcome == "unlike"
                # A text is told by what the database can hold of it: no half of a character.
                assert left_out or fingerprint(clean_text(article.text)) in held
