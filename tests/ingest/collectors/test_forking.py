"""Processes that collect have their workers forked by the server that forked them."""

from __future__ import annotations

import multiprocessing
import os
from multiprocessing.connection import Connection

import pytest

from ingest.collectors.serving import share_forkserver
from ingest.workers.forking import forking


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
