"""Turns at one file: who waits is next, and nobody's end holds up the others."""

import multiprocessing
import os
import random
import signal
import threading
from datetime import UTC, datetime

import pytest

from storage.article import Article, Block
from storage.articles.prepared import prepare_article
from storage.articles.saving import ahead_of, save_article
from storage.care.checks import check_database
from storage.database import Database
from storage.engine.turns import Turns

NOW = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
pytest.importorskip("fcntl", reason="lock files that wait are the system's")


def test_who_waits_comes_before_who_has_just_written(tmp_path):
    order = []
    waits = threading.Event()
    first, second = Turns(tmp_path), Turns(tmp_path)

    def other():
        with second.turn(waits.set):
            order.append("second")

    with first.turn():
        thread = threading.Thread(target=other)
        thread.start()
        assert waits.wait(10)
        order.append("first")
    with first.turn():
        order.append("first again")
    thread.join()
    assert order == ["first", "second", "first again"]
    first.close()
    second.close()


def test_what_can_be_done_meanwhile_is_done_while_another_writes(tmp_path):
    first, second = Turns(tmp_path), Turns(tmp_path)
    with first.turn():
        done = threading.Event()

        def other():
            with second.turn(done.set):
                pass

        thread = threading.Thread(target=other)
        thread.start()
        assert done.wait(10)
    thread.join()


def test_a_turn_that_does_not_come_is_done_without(tmp_path):
    times = iter(range(1000))
    first = Turns(tmp_path)
    second = Turns(tmp_path, clock=lambda: next(times), sleep=lambda _: None)
    with first.turn(), second.turn():
        third = Turns(tmp_path, clock=lambda: next(times), sleep=lambda _: None)
        with third.turn():  # what was not had is not given back
            pass
    with Turns(tmp_path).turn():
        pass


def test_a_folder_that_cannot_be_made_is_done_without(tmp_path):
    there = tmp_path / "file"
    there.write_text("no folder")
    with Turns(there).turn():
        pass
    with Turns(tmp_path / "no" / "such").turn():
        pass


def _hold(folder, gate):
    with Turns(folder).turn():
        gate.set()
        signal.pause()


def test_the_turn_of_a_process_that_was_killed_is_free(tmp_path):
    context = multiprocessing.get_context("spawn")
    gate = context.Event()
    holder = context.Process(target=_hold, args=(tmp_path, gate))
    holder.start()
    assert gate.wait(60)
    os.kill(holder.pid, signal.SIGKILL)
    holder.join()
    never = Turns(tmp_path, clock=lambda: 0.0)  # it would wait for ever
    with never.turn():
        pass


def _file(path, number, gate):
    rng = random.Random(7)  # the same texts in each process
    gate.wait()
    with Database.open(path) as database:
        futures = []
        for place in range(30):
            text = " ".join(f"word{rng.randrange(2000)}" for _ in range(60))
            if place % 3 == 0:
                text += f" only in {number}"
            prepared = prepare_article(
                Article(
                    url=f"https://paper-{number}.example/{place}",
                    title=f"Title {place}",
                    blocks=(Block("paragraph", text),),
                    source=f"paper-{number}",
                )
            )
            key = f"paper-{number}.example/{place}"
            futures.append(
                database.writer.submit(
                    lambda c, p=prepared, k=key: save_article(
                        c, None, p, key=k, fetched_key=None, now=NOW
                    ),
                    ahead_of(prepared),
                )
            )
        assert [future.result().outcome for future in futures] == ["filed"] * 30


def test_processes_that_file_copies_of_each_other_at_once_find_each_story_once(tmp_path):
    path = tmp_path / "news.sqlite3"
    Database.open(path).close()
    context = multiprocessing.get_context("spawn")
    gate = context.Barrier(3)
    processes = [context.Process(target=_file, args=(path, n, gate)) for n in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * 3
    with Database.open(path) as database, database.snapshot() as connection:
        filed = connection.exec_driver_sql("SELECT count(*) FROM articles").scalar()
        assert filed == 90
        sizes = connection.exec_driver_sql(
            "SELECT articles FROM stories WHERE merged_into IS NULL"
        ).scalars()
        assert list(sizes) == [3] * 30
        assert [each.name for each in check_database(connection) if each.problems] == []
