"""One server forks all processes of a command, and where that can be had it is a fork of the command."""

from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
import sys
import time
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from ingest.collectors.serving import share_forkserver
from ingest.workers.forking import forking, prepare_forking
from tests.conftest import ROOT


def tell_parent(channel: Connection) -> None:
    channel.send(os.getppid())


def have_a_child(channel: Connection) -> None:
    share_forkserver()
    child = forking().Process(target=tell_parent, args=(channel,))  # type: ignore[attr-defined]
    child.start()
    child.join()
    channel.send(os.getppid())


@pytest.mark.skipif(
    "forkserver" not in multiprocessing.get_all_start_methods(), reason="there is no fork here"
)
def test_a_worker_of_a_collecting_process_shares_what_is_loaded() -> None:
    ours, theirs = multiprocessing.Pipe()
    process = forking(collecting=True).Process(  # type: ignore[attr-defined]
        target=have_a_child, args=(theirs,)
    )
    process.start()
    theirs.close()
    assert ours.poll(60)
    workers, own = ours.recv(), ours.recv()
    process.join()
    assert workers == own != os.getpid()


def tell_about(channel: Connection) -> None:
    channel.send((os.getppid(), "ingest.extract.extraction" in sys.modules))


def command(*, wanted: bool) -> None:
    """What a command does, as far as processes go; prints what came of it."""
    prepare_forking()
    servers = [int(name) for name in children_of(os.getpid())]
    told = None
    if wanted:
        ours, theirs = multiprocessing.Pipe()
        process = forking().Process(target=tell_about, args=(theirs,))  # type: ignore[attr-defined]
        process.start()
        told = ours.recv()
        process.join()
    print(json.dumps({"servers": servers, "told": told}))


def children_of(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


@pytest.mark.skipif(
    sys.platform != "linux" or sys.version_info >= (3, 14), reason="there it is not forked"
)
@pytest.mark.parametrize("wanted", [True, False])
def test_a_command_is_its_own_server_and_leaves_nothing_behind(wanted: bool) -> None:
    code = f"from tests.ingest.collectors.test_forking import command; command(wanted={wanted})"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    [server] = said["servers"]
    if wanted:
        assert said["told"] == [server, True]
    assert not Path(f"/proc/{server}").exists() or is_ending(server)


def test_a_command_begins_without_what_only_pages_ask_for() -> None:
    code = (
        "import ingest.cli.collecting.run, ingest.run, storage.database, sys;"
        "heavy = {'numpy', 'trafilatura', 'lxml', 'alembic', 'rich', 'structlog'};"
        "print(sorted(heavy & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def is_ending(pid: int) -> bool:
    """Whether a process that was just told to end does so."""
    for _ in range(200):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False
