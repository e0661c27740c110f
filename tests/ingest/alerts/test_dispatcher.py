"""Each channel is told everything, in order, at least once: whatever fails, is killed or restarted."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from ingest.alerts.dispatcher import FIRST_PAUSE, LONGEST_PAUSE, Dispatcher
from ingest.alerts.settings import AlertSettings, Channel, CommandWay, WebhookWay
from ingest.alerts.ways.sending import NotSent
from storage.alerts import positions
from storage.async_store import AsyncStore
from storage.database import Database
from tests.ingest.alerts.conftest import NOW, change
from tests.ingest.alerts.ways.conftest import running_hook

MINUTE = timedelta(minutes=1)


class Receiver:
    """Stands at the end of a channel, as a server would: takes what comes, or refuses it."""

    def __init__(self) -> None:
        self.got: list[Any] = []
        self.refusing: NotSent | Exception | None = None
        self.open = asyncio.Event()
        self.open.set()

    async def send(self, message: Any) -> str:
        await self.open.wait()
        if self.refusing is not None:
            raise self.refusing
        self.got.append(message)
        return "taken"

    @property
    def numbers(self) -> list[list[int]]:
        return [[each.id for each in message.changes] for message in self.got]


def channels(*names: str, **options: Any) -> AlertSettings:
    return AlertSettings(
        tuple(Channel(n, "command", CommandWay(("true",), 5.0), **options) for n in names)
    )


@asynccontextmanager
async def dispatching(database: Database, settings: AlertSettings, to_log: bool = False):
    """A dispatcher of its own, as after a restart; and who receives, by channel."""
    receivers = {channel.name: Receiver() for channel in settings.channels}
    store = AsyncStore(database)
    dispatcher = Dispatcher(
        settings, store, to_log=to_log, sender=lambda channel: receivers[channel.name]
    )
    await dispatcher.begin()
    try:
        yield dispatcher, receivers
    finally:
        await dispatcher.finish(0.5)
        store.close()


async def look(dispatcher: Dispatcher, now=NOW) -> None:
    await dispatcher.look(now)
    await dispatcher.finish(20)


async def until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        await asyncio.sleep(0.01)


def place(database: Database, name: str = "ops") -> Any:
    with database.reading() as connection:
        return positions(connection)[name]


def test_a_new_channel_begins_now_and_then_misses_nothing(database, noted) -> None:
    noted()

    async def watch() -> None:
        async with dispatching(database, channels("ops")) as (dispatcher, to):
            await look(dispatcher)
            assert to["ops"].got == [], "years of history are no news"
            second, third = noted(source="a"), noted(source="b")
            await look(dispatcher)
            await look(dispatcher)
            assert to["ops"].numbers == [[second, third]]
            fourth = noted(source="c")
        async with dispatching(database, channels("ops")) as (dispatcher, to):
            await look(dispatcher)
            assert to["ops"].numbers == [[fourth]], "after a restart it goes on where it stood"

    asyncio.run(watch())


def test_one_that_fails_is_tried_again_later_and_later_and_loses_nothing(database, noted) -> None:
    async def watch() -> None:
        async with dispatching(database, channels("ops", "mail")) as (dispatcher, to):
            to["ops"].refusing = NotSent("connection refused")
            first = noted()
            with capture_logs() as logged:
                await look(dispatcher)
                assert to["mail"].numbers == [[first]], "it does not hold up others"
                kept = place(database)
                assert (kept.attempts, kept.error) == (1, "connection refused")
                assert kept.next_attempt_at == NOW + FIRST_PAUSE
                await look(dispatcher, NOW + FIRST_PAUSE / 2)
                assert place(database).attempts == 1
                await look(dispatcher, NOW + FIRST_PAUSE)
                assert place(database).next_attempt_at == NOW + 3 * FIRST_PAUSE
            assert logged == [], "who has no log says nothing"
            assert dispatcher.errors == {"ops": "connection refused"}
        async with dispatching(database, channels("ops", "mail")) as (dispatcher, to):
            second = noted(source="herald")
            now = NOW + 3 * FIRST_PAUSE
            await look(dispatcher, now)
            assert to["ops"].numbers == [[first, second]]
            kept = place(database)
            assert (kept.attempts, kept.error, kept.next_attempt_at) == (0, None, None)
            assert kept.sent_at == (now,)

    asyncio.run(watch())


def test_in_the_log_a_failure_is_one_line_until_it_is_another(database, noted) -> None:
    async def watch() -> None:
        async with dispatching(database, channels("ops"), to_log=True) as (dispatcher, to):
            noted(state="paused", before="healthy")
            noted()
            now = NOW
            with capture_logs() as logged:
                for why in ("connection refused", "connection refused", "no route"):
                    to["ops"].refusing = NotSent(why)
                    await look(dispatcher, now)
                    now += LONGEST_PAUSE
                to["ops"].refusing = None
                await look(dispatcher, now)
            said = [line for line in logged if "channel" in line]
            assert [(line["event"], line.get("error")) for line in said] == [
                ("alert not sent", "connection refused"),
                ("alert not sent", "no route"),
                ("alerts sent again", None),
            ]

    asyncio.run(watch())


def test_how_it_fails_says_when_it_is_tried_again(database, noted) -> None:
    async def watch() -> None:
        async with dispatching(database, channels("ops")) as (dispatcher, to):
            noted()
            to["ops"].refusing = NotSent("answered 401", "later")
            await look(dispatcher)
            assert place(database).next_attempt_at == NOW + LONGEST_PAUSE
            now = NOW + LONGEST_PAUSE
            to["ops"].refusing = NotSent("answered 429", "soon", after=7200)
            await look(dispatcher, now)
            assert place(database).next_attempt_at == now + 2 * LONGEST_PAUSE
            now += 2 * LONGEST_PAUSE
            to["ops"].refusing = NotSent("answered 422", "never")
            await look(dispatcher, now)
            assert place(database).error == "passed over: answered 422"
            to["ops"].refusing = None
            following = noted(source="herald")
            await look(dispatcher, now + MINUTE)
            assert to["ops"].numbers == [[following]]
            to["ops"].refusing = ZeroDivisionError("a fault of a library")
            noted()
            await look(dispatcher, now + 2 * MINUTE)
            assert "a fault of a library" in place(database).error

    asyncio.run(watch())


def test_one_that_hangs_holds_up_neither_the_others_nor_the_look(database, noted) -> None:
    async def watch() -> None:
        async with dispatching(database, channels("ops", "mail")) as (dispatcher, to):
            to["ops"].open.clear()
            first = noted()
            await dispatcher.look(NOW)
            await until(lambda: place(database, "mail").told_id == first)
            second = noted(source="herald")
            await dispatcher.look(NOW + MINUTE)
            await until(lambda: len(to["mail"].got) == 2)
            to["ops"].open.set()
            await dispatcher.finish(20)
            await look(dispatcher, NOW + 2 * MINUTE)
            assert to["mail"].numbers == to["ops"].numbers == [[first], [second]]

    asyncio.run(watch())


def test_what_is_held_is_told_at_once_and_folded(database, noted) -> None:
    async def watch() -> None:
        settings = channels("ops", digest=30 * MINUTE)
        async with dispatching(database, settings) as (dispatcher, to):
            first = noted()
            await look(dispatcher)
            second = noted(before="broken", state="healthy", at=NOW + MINUTE)
            await look(dispatcher, NOW + 2 * MINUTE)
            assert to["ops"].got == []
        async with dispatching(database, settings) as (dispatcher, to):
            await look(dispatcher, NOW + 30 * MINUTE)
            (message,) = to["ops"].got
            assert [each.id for each in message.changes] == [first, second]
            assert "was broken" in message.subject

    asyncio.run(watch())


def test_beyond_the_rate_is_collected_into_the_next(database, noted) -> None:
    async def watch() -> None:
        async with dispatching(database, channels("ops", rate=2)) as (dispatcher, to):
            for minute in range(5):
                noted(source=f"paper-{minute}", at=NOW + minute * MINUTE)
                await look(dispatcher, NOW + minute * MINUTE)
            assert [len(numbers) for numbers in to["ops"].numbers] == [1, 1]
            await look(dispatcher, NOW + 60 * MINUTE)
            assert [len(numbers) for numbers in to["ops"].numbers] == [1, 1, 3]

    asyncio.run(watch())


def test_a_channel_declared_at_a_reload_begins_then(database, noted) -> None:
    async def watch() -> None:
        async with dispatching(database, channels("ops")) as (dispatcher, to):
            noted()
            to["new"] = Receiver()
            dispatcher.change(channels("ops", "new"))
            await look(dispatcher)
            noted(source="herald")
            await look(dispatcher, NOW + MINUTE)
            assert (len(to["ops"].got), len(to["new"].got)) == (2, 1)

    asyncio.run(watch())


def test_two_processes_do_not_tell_the_same(database, noted) -> None:
    async def watch() -> None:
        with Database.open(database.reopening.url) as other:
            settings = channels("ops")
            async with (
                dispatching(database, settings) as (one, to_one),
                dispatching(other, settings) as (two, to_two),
            ):
                to_one["ops"].open.clear()
                first = noted()
                await one.look(NOW)
                await two.look(NOW)
                await two.finish(20)
                to_one["ops"].open.set()
                await one.finish(20)
                second = noted(source="herald")
                await look(two, NOW + MINUTE)
                await look(one, NOW + MINUTE)
                assert (to_one["ops"].numbers, to_two["ops"].numbers) == ([[first]], [[second]])

    asyncio.run(watch())


def test_the_log_is_always_there(database, noted) -> None:
    async def watch() -> None:
        async with dispatching(database, AlertSettings(), to_log=True) as (dispatcher, _):
            noted()
            with capture_logs() as logged:
                await look(dispatcher)
                await look(dispatcher)
                noted(before="broken", state="healthy")
                await look(dispatcher)
            assert [line["event"] for line in logged] == ["source broken", "source works again"]
            assert logged[1]["cause"] == logged[0]["cause"] == change().why
        # What was broken before the start is not told again, its end is.
        noted()
        async with dispatching(database, AlertSettings(), to_log=True) as (dispatcher, _):
            with capture_logs() as logged:
                await look(dispatcher)
                await look(dispatcher)
            assert [line["event"] for line in logged] == ["source broken"]

    asyncio.run(watch())


def test_a_look_that_is_cancelled_says_nothing_twice(database, noted) -> None:
    """As at the daemon's stop: a line is out, and that it is has not been noted yet."""

    async def watch() -> None:
        async with dispatching(database, AlertSettings(), to_log=True) as (dispatcher, _):
            noted()
            with capture_logs() as logged:
                looking = asyncio.create_task(dispatcher.look(NOW))
                while not logged:  # noqa: ASYNC110 - the very turn in which it is said
                    await asyncio.sleep(0)
                looking.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await looking
                await look(dispatcher)
            assert [line["event"] for line in logged] == ["source broken"]

    asyncio.run(watch())


_KILLED = """
import asyncio, sys
from datetime import UTC, datetime
from ingest.alerts.dispatcher import Dispatcher
from ingest.settings import load_settings
from pathlib import Path
from storage.async_store import AsyncStore
from storage.database import Database

async def tell():
    settings = load_settings(Path(sys.argv[1]))
    with Database.open(settings.database) as database:
        store = AsyncStore(database)
        dispatcher = Dispatcher(settings.alerts, store, to_log=False)
        while True:
            await dispatcher.look(datetime.now(UTC))
            await asyncio.sleep(0.01)

asyncio.run(tell())
"""


@pytest.mark.long
def test_killed_again_and_again_every_change_comes_through_in_order(
    database: Database, noted: Callable[..., int], tmp_path: Path
) -> None:
    """Real processes, a real receiver, SIGKILL at any moment."""
    with running_hook() as hook:
        (tmp_path / "copydesk.toml").write_text(
            f"database = {json.dumps(database.reopening.url)}\n"
            f'[[alerts.channel]]\nname = "ops"\nkind = "webhook"\n'
            f'url = "{hook.url}"\nrate = 0\n'
        )

        def start() -> subprocess.Popen[bytes]:
            return subprocess.Popen(
                [sys.executable, "-c", _KILLED, str(tmp_path / "copydesk.toml")],
                env={**os.environ, "NO_PROXY": "127.0.0.1"},
            )

        async def begin() -> None:
            async with dispatching(database, channels("ops")):
                pass

        asyncio.run(begin())
        written: list[int] = []
        for round_ in range(4):
            process = start()
            try:
                for number in range(3):
                    written.append(
                        noted(source=f"paper-{round_}-{number}", at=change().at.now(NOW.tzinfo))
                    )
                before = len(hook.got)
                deadline = time.monotonic() + 60
                while len(hook.got) == before:
                    assert process.poll() is None
                    assert time.monotonic() < deadline
                    time.sleep(0.005)
            finally:
                process.send_signal(signal.SIGKILL)
                process.wait()
        process = start()
        try:
            deadline = time.monotonic() + 60
            while place(database).told_id < written[-1]:
                assert time.monotonic() < deadline
                time.sleep(0.02)
        finally:
            process.kill()
            process.wait()
        messages = [json.loads(body) for _, _, body in hook.got]
        first_told = list(
            dict.fromkeys(each["id"] for message in messages for each in message["changes"])
        )
        assert first_told == written
        by_id: dict[str, set[str]] = {}
        for message in messages:
            told = json.dumps([each["id"] for each in message["changes"]])
            by_id.setdefault(message["id"], set()).add(told)
        assert all(len(each) == 1 for each in by_id.values()), "one number, one message"


def test_a_webhook_in_the_settings_is_told_for_real(database, noted) -> None:
    async def watch(url: str) -> None:
        settings = AlertSettings((Channel("ops", "webhook", WebhookWay(url, None, (), 20.0)),))
        store = AsyncStore(database)
        dispatcher = Dispatcher(settings, store)
        await dispatcher.begin()
        noted()
        await look(dispatcher)
        store.close()

    with running_hook() as hook:
        asyncio.run(watch(hook.url))
    assert [each["source"] for each in json.loads(hook.got[0][2])["changes"]] == ["gazette"]
