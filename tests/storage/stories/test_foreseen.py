"""Stories come to the same whether texts were compared before the transaction, in it, or one by one."""

import random
import threading
from collections import Counter

import pytest
import sqlalchemy as sa

from storage.articles.prepared import prepare_article
from storage.articles.saving import ahead_of, save_article
from storage.care.checks import check_database
from storage.database import Database
from storage.schema import sketches, stories, story_articles
from storage.stories import neighbours
from storage.stories.comparing import Comparisons
from storage.text import sketch
from storage.text.sketch import SketchedText


def texts(seed, count=60):
    """Copies, shortened ones, digests of two, follow-ups with some background, and others."""
    rng = random.Random(seed)

    def say(words):
        return " ".join(f"w{rng.randrange(4000)}" for _ in range(words))

    made = [say(rng.randint(60, 200)) for _ in range(12)]
    while len(made) < count:
        old = rng.choice(made).split()
        match rng.randrange(6):
            case 0:
                made.append(" ".join(old))
            case 1:
                made.append(" ".join(old[: max(40, len(old) * 2 // 3)]))
            case 2:
                made.append(" ".join([*old, *rng.choice(made).split()]))
            case 3:
                made.append(f"{say(20)} {' '.join(old)}")
            case 4:
                made.append(f"{' '.join(old[:40])} {say(100)}")
            case 5:
                made.append(say(120))
    rng.shuffle(made)
    return made


def placed(database):
    """Stories as sets of texts, and by which share each was found."""
    with database.reading() as connection:
        rows = connection.execute(
            sa.select(
                story_articles.c.story_id, story_articles.c.article_id, story_articles.c.share
            )
        ).all()
        told = connection.execute(
            sa.select(stories.c.articles, stories.c.first_article_id, stories.c.sources)
            .where(stories.c.merged_into.is_(None))
            .order_by(stories.c.id)
        ).all()
    return sorted(rows), told


@pytest.fixture
def file(make_article, now, monkeypatch):
    def put(database, some, *, batch, ahead):
        file_all(database, some, make_article, now, monkeypatch, batch=batch, ahead=ahead)

    return put


def file_all(database, some, make_article, now, monkeypatch, *, batch, ahead):
    articles = [
        prepare_article(make_article(text, source=f"paper-{place % 7}", title=f"Title {place}"))
        for place, text in enumerate(some)
    ]

    def op(prepared, key):
        return lambda c: save_article(c, None, prepared, key=key, fetched_key=None, now=now)

    # All that wait stand in one transaction, however slow the machine is.
    monkeypatch.setattr(database.writer, "_batch_seconds", 60)
    for start in range(0, len(articles), batch):
        begun, gate = threading.Event(), threading.Event()

        def hold(connection, begun=begun, gate=gate):
            begun.set()
            gate.wait()

        futures = [database.writer.submit(hold)]
        begun.wait()
        for place in range(start, min(start + batch, len(articles))):
            prepared = articles[place]
            looks = ahead_of(prepared) if ahead else None
            futures.append(database.writer.submit(op(prepared, f"k.example/{place}"), looks))
        gate.set()
        for future in futures:
            future.result()


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("batch", [1, 9, 60])
def test_what_was_looked_at_before_changes_nothing(
    address, tmp_path, file, seed, batch, monkeypatch
):
    some = texts(seed)
    with Database.open(address) as database:
        file(database, some, batch=batch, ahead=True)
        found = placed(database)
        with database.snapshot() as connection:
            assert [each.name for each in check_database(connection) if each.problems] == []
    assert found[0]

    # The plain way: each pair compared when it is asked for, by the text itself.
    def plainly(self, one, other):
        return sketch.shared_in_runs(one, other)

    monkeypatch.setattr(Comparisons, "share", plainly)
    monkeypatch.setattr(Comparisons, "known", lambda *_: None)
    monkeypatch.setattr(Comparisons, "ready", lambda *_: None)
    monkeypatch.setattr(Comparisons, "add", lambda _, text: text)
    with Database.open(tmp_path / "plain.sqlite3") as database:
        file(database, some, batch=batch, ahead=False)
        assert placed(database) == found


def test_what_is_compared_ahead_is_not_compared_in_the_transaction(
    sqlite_path, file, make_article, now, monkeypatch
):
    some = texts(1)
    asked = []
    there = neighbours.Neighbours._load
    shared = Counter()

    def load(self, numbers):
        found = there(self, numbers)
        asked.append((self._connection.in_transaction() and self._texts, len(found)))
        return found

    monkeypatch.setattr(neighbours.Neighbours, "_load", load)
    with Database.open(sqlite_path) as database:
        file(database, some[:40], batch=40, ahead=True)
        asked.clear()
        file_rest = [
            prepare_article(make_article(text, source="late", title="x")) for text in some[40:]
        ]
        for place, prepared in enumerate(file_rest):
            database.writer.submit(
                lambda c, p=prepared, n=place: save_article(
                    c, None, p, key=f"late.example/{n}", fetched_key=None, now=now
                ),
                ahead_of(prepared),
            ).result()
    for here, loaded in asked:
        shared["ahead" if min(here, default=-1) < 0 else "in the transaction"] += loaded
    assert shared["in the transaction"] == 0


def test_an_article_of_before_there_were_sketches_is_compared_by_its_text(
    database, file, make_article, now
):
    (text,) = texts(3, 12)[:1]
    file(database, [text], batch=1, ahead=True)
    database.write(lambda c: c.execute(sa.delete(sketches)))
    copy = prepare_article(make_article(text, source="other", title="x"))
    database.write(
        lambda c: save_article(c, None, copy, key="other.example/1", fetched_key=None, now=now)
    )
    rows, _ = placed(database)
    assert [(article, share) for _, article, share in rows] == [(1, 1.0), (2, 1.0)]


def test_texts_that_stay_ready_are_bounded_by_their_size():
    comparisons = Comparisons()
    for number in range(40):
        words = [f"{number}-{place}" for place in range(30_000)]
        comparisons.add(SketchedText(words, fingerprint=str(number)))
    ready = [number for number in range(40) if comparisons.ready(str(number)) is not None]
    assert 39 in ready
    assert len(ready) < 20
