"""One extraction process: takes tasks from a socket, one after the other, and answers each.

A request is what ``TaskWriter`` writes, an answer the pickle of an ``Answer``. Either stands behind its
length; the body of a page follows its request as it is (protocol 5, PEP 574). A task that takes too
much CPU time ends the process, one that takes too much memory is answered for, and the process makes
room for a fresh one.
"""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import os
import pickle
import signal
import struct
import threading
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from ingest.workers.allocator import collect_between_pages
from ingest.workers.limits import Limits, Meter
from ingest.workers.sharing import TaskReader

if TYPE_CHECKING:
    import socket
    from collections.abc import Sequence

__all__ = ["LENGTH", "Answer", "framed", "serve"]

#: Bytes of the pickles that follow, and of the buffer behind them; 0 where there is none.
LENGTH = struct.Struct("!QQ")


class Answer(NamedTuple):
    """What came of a task."""

    #: ``failed`` is a fault of ours, ``costly`` a task that takes more memory than one may.
    outcome: Literal["done", "failed", "costly"]
    #: The result, or why there is none.
    value: Any
    #: Whether the process ends with this answer.
    last: bool = False


def framed(data: bytes, buffers: Sequence[pickle.PickleBuffer] = ()) -> list[bytes | memoryview]:
    """``data`` as it goes over the socket: lengths and pickles, then a page's body, if there is one."""
    if not buffers:
        return [LENGTH.pack(len(data), 0) + data]
    # One page, one body.
    (body,) = (buffer.raw() for buffer in buffers)
    return [LENGTH.pack(len(data), len(body)) + data, body]


def serve(channel: socket.socket, limits: Limits) -> None:
    """Answer requests until the other side closes ``channel``, or a task has left too much behind."""
    _prepare()
    tasks, meter = TaskReader(), Meter(limits)
    channel.setblocking(True)
    with channel, channel.makefile("rb", buffering=1 << 18) as requests:
        while head := requests.read(LENGTH.size):
            size, more = LENGTH.unpack(head)
            data = requests.read(size)
            body = requests.read(more) if more else None
            answer = _answer(tasks, data, body, meter)
            try:
                packed = pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)
            except Exception as error:
                answer = Answer("failed", f"the result cannot be sent: {error}", answer.last)
                packed = pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)
            try:
                for part in framed(packed):
                    channel.sendall(part)
            except OSError:
                return
            if answer.last:
                return


def _answer(tasks: TaskReader, data: bytes, body: bytes | None, meter: Meter) -> Answer:
    try:
        task = tasks.read(data, body)
        with meter.timing(task.most_cpu):
            value = task.run()
    except Exception as error:
        swollen = meter.is_swollen()
        # A library says in words of its own that it got no memory.
        if isinstance(error, MemoryError) or swollen:
            return Answer("costly", meter.limits.too_large, last=True)
        # A fault of ours must cost one page and be seen, never a run.
        return Answer("failed", f"{type(error).__name__}: {error}")
    return Answer("done", value, meter.is_swollen())


def _prepare() -> None:
    """End with the parent, leave the keyboard's interrupt to it, load the extractor."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    import ingest.workers.preloaded  # noqa: F401 - where it was not preloaded

    collect_between_pages()


def _end_with(sentinel: int) -> None:
    multiprocessing.connection.wait([sentinel])
    os._exit(1)
