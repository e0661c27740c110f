"""One extraction process: takes tasks from a socket, one after the other, and answers each.

A request is what ``TaskWriter`` writes, an answer the pickle of ``(True, result)`` or
``(False, why not)``. Either stands behind its length; the body of a page follows its request as it is
(protocol 5, PEP 574).
"""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import os
import pickle
import signal
import struct
import threading
from typing import TYPE_CHECKING, Any

from ingest.workers.sharing import TaskReader

if TYPE_CHECKING:
    import socket
    from collections.abc import Sequence

__all__ = ["LENGTH", "Answer", "framed", "serve"]

#: Bytes of the pickles that follow, and of the buffer behind them; 0 where there is none.
LENGTH = struct.Struct("!QQ")

Answer = tuple[bool, Any]


def framed(data: bytes, buffers: Sequence[pickle.PickleBuffer] = ()) -> list[bytes | memoryview]:
    """``data`` as it goes over the socket: lengths and pickles, then a page's body, if there is one."""
    if not buffers:
        return [LENGTH.pack(len(data), 0) + data]
    # One page, one body.
    (body,) = (buffer.raw() for buffer in buffers)
    return [LENGTH.pack(len(data), len(body)) + data, body]


def serve(channel: socket.socket) -> None:
    """Answer requests until the other side closes ``channel``."""
    _prepare()
    tasks = TaskReader()
    channel.setblocking(True)
    with channel, channel.makefile("rb", buffering=1 << 18) as requests:
        while head := requests.read(LENGTH.size):
            size, more = LENGTH.unpack(head)
            data = requests.read(size)
            body = requests.read(more) if more else None
            try:
                answer = pickle.dumps(_answer(tasks, data, body), pickle.HIGHEST_PROTOCOL)
            except Exception as error:
                why_not = (False, f"the result cannot be sent: {error}")
                answer = pickle.dumps(why_not, pickle.HIGHEST_PROTOCOL)
            try:
                for part in framed(answer):
                    channel.sendall(part)
            except OSError:
                return


def _answer(tasks: TaskReader, data: bytes, body: bytes | None) -> Answer:
    try:
        return True, tasks.read(data, body).run()
    except Exception as error:
        # A fault of ours must cost one page and be seen, never a run.
        return False, f"{type(error).__name__}: {error}"


def _prepare() -> None:
    """End with the parent, leave the keyboard's interrupt to it, load the extractor."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    import ingest.workers.preloaded  # noqa: F401 - where it was not preloaded


def _end_with(sentinel: int) -> None:
    multiprocessing.connection.wait([sentinel])
    os._exit(1)
