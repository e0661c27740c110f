"""One extraction process: takes requests from a socket, one after the other, and answers each.

A request is ``(work, arguments, numbers of shared values, new shared values, numbers to forget)``, an
answer ``(True, result)`` or ``(False, why not)``. Both are pickles behind their lengths; the body of a
page follows behind as it is (protocol 5, PEP 574). What many pages share (a source, its templates, the
lines of its site) is sent once and named by number then.
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

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

__all__ = ["LENGTH", "Answer", "Request", "frame", "serve"]

#: Bytes of the pickle that follows, and of the buffer behind it; 0 where there is none.
LENGTH = struct.Struct("!QQ")

Request = tuple["Callable[..., Any]", tuple[Any, ...], tuple[int, ...], dict[int, Any], list[int]]
Answer = tuple[bool, Any]


def frame(value: Request | Answer) -> list[bytes | memoryview]:
    """``value`` as it goes over the socket: lengths and pickle, then its buffer, where it has one."""
    buffers: list[pickle.PickleBuffer] = []
    data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL, buffer_callback=buffers.append)
    if not buffers:
        return [LENGTH.pack(len(data), 0) + data]
    # One page, one body.
    (body,) = (buffer.raw() for buffer in buffers)
    return [LENGTH.pack(len(data), len(body)) + data, body]


def serve(channel: socket.socket) -> None:
    """Answer requests until the other side closes ``channel``."""
    _prepare()
    shared: dict[int, Any] = {}
    channel.setblocking(True)
    with channel, channel.makefile("rb", buffering=1 << 18) as requests:
        while head := requests.read(LENGTH.size):
            size, more = LENGTH.unpack(head)
            data = requests.read(size)
            body = requests.read(more) if more else None
            answer = _answer(data, body, shared)
            try:
                parts = frame(answer)
            except Exception as error:
                parts = frame((False, f"the result cannot be sent: {error}"))
            try:
                for part in parts:
                    channel.sendall(part)
            except OSError:
                return


def _answer(data: bytes, body: bytes | None, shared: dict[int, Any]) -> Answer:
    try:
        buffers = None if body is None else [body]
        request: Request = pickle.loads(data, buffers=buffers)  # noqa: S301 - from our own parent
        work, arguments, numbers, new, forget = request
        shared.update(new)
        for number in forget:
            shared.pop(number, None)
        return True, work(*arguments, *(shared[number] for number in numbers))
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
