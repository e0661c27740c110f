"""One extraction process: takes tasks from a socket, one after the other, and answers each.

A request is two pickles, ``(new shared values, numbers to forget)`` and the task; an answer is one,
``(True, result)`` or ``(False, why not)``. Either stands behind its length; the body of a page follows
as it is (protocol 5, PEP 574). What many tasks share (a source, its templates, the lines of its site)
is sent once; in later tasks its number stands in its place (a persistent id of ``pickle``).
"""

from __future__ import annotations

import io
import multiprocessing
import multiprocessing.connection
import os
import pickle
import signal
import struct
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Mapping, Sequence

    from ingest.workers.tasks import Task

__all__ = ["LENGTH", "Answer", "request", "serve"]

#: Bytes of the pickles that follow, and of the buffer behind them; 0 where there is none.
LENGTH = struct.Struct("!QQ")

Answer = tuple[bool, Any]
Parts = list["bytes | memoryview"]


def request(
    task: Task[Any], numbers: Mapping[int, int], new: Mapping[int, object], forget: Sequence[int]
) -> Parts:
    """``task`` as it goes over the socket: lengths and pickles, then a page's body, if it has one.

    Args:
        task: what is to be done.
        numbers: of its shared values, by their ``id``.
        new: those that the worker has not been sent yet, by their numbers.
        forget: numbers that no task will name again.
    """
    buffers: list[pickle.PickleBuffer] = []
    stream = io.BytesIO()
    pickle.dump((dict(new), list(forget)), stream, pickle.HIGHEST_PROTOCOL)
    _TaskPickler(stream, numbers, buffers.append).dump(task)
    return _framed(stream.getbuffer(), buffers)


class _TaskPickler(pickle.Pickler):
    """Writes the number of a shared value in its place."""

    def __init__(
        self,
        stream: io.BytesIO,
        numbers: Mapping[int, int],
        buffer_callback: Callable[[pickle.PickleBuffer], None],
    ) -> None:
        super().__init__(stream, pickle.HIGHEST_PROTOCOL, buffer_callback=buffer_callback)
        self._numbers = numbers

    def persistent_id(self, value: object) -> int | None:
        return self._numbers.get(id(value))


class _TaskUnpickler(pickle.Unpickler):
    """Puts shared values where their numbers stand."""

    def __init__(
        self, stream: io.BytesIO, shared: Mapping[int, object], buffers: list[bytes] | None
    ) -> None:
        super().__init__(stream, buffers=buffers)
        self._shared = shared

    def persistent_load(self, number: int) -> object:
        return self._shared[number]


def _framed(data: bytes | memoryview, buffers: Sequence[pickle.PickleBuffer] = ()) -> Parts:
    if not buffers:
        return [LENGTH.pack(len(data), 0) + data]
    # One page, one body.
    (body,) = (buffer.raw() for buffer in buffers)
    return [LENGTH.pack(len(data), len(body)) + data, body]


def serve(channel: socket.socket) -> None:
    """Answer requests until the other side closes ``channel``."""
    _prepare()
    shared: dict[int, object] = {}
    channel.setblocking(True)
    with channel, channel.makefile("rb", buffering=1 << 18) as requests:
        while head := requests.read(LENGTH.size):
            size, more = LENGTH.unpack(head)
            data = requests.read(size)
            body = requests.read(more) if more else None
            try:
                answer = pickle.dumps(_answer(data, body, shared), pickle.HIGHEST_PROTOCOL)
            except Exception as error:
                why_not = (False, f"the result cannot be sent: {error}")
                answer = pickle.dumps(why_not, pickle.HIGHEST_PROTOCOL)
            try:
                for part in _framed(answer):
                    channel.sendall(part)
            except OSError:
                return


def _answer(data: bytes, body: bytes | None, shared: dict[int, object]) -> Answer:
    try:
        stream = io.BytesIO(data)
        new, forget = pickle.load(stream)  # noqa: S301 - from our own parent
        shared.update(new)
        for number in forget:
            shared.pop(number, None)
        task: Task[Any] = _TaskUnpickler(stream, shared, None if body is None else [body]).load()
        return True, task.run()
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
