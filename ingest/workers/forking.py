"""How processes of ours begin: forked from one that has loaded what they need, and nothing else.

They share its memory, and unlike a fork of the first process copy no lock that a thread holds.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import multiprocessing.forkserver
import os
import socket
import sys
import threading
from multiprocessing.connection import arbitrary_address  # type: ignore[attr-defined]
from multiprocessing.context import BaseContext
from typing import Any, NoReturn

__all__ = ["forking", "prepare_forking"]

#: Loaded before the first fork. What comes last may freeze what was loaded.
_PRELOADED = ["ingest.workers.preloaded"]
_COLLECTING = "ingest.collectors.preloaded"
#: The end of a pipe on which the server that was prepared waits for its word to begin.
_waiting: list[int] = []


def forking(*, collecting: bool = False) -> BaseContext:
    """The way to begin a process.

    ``collecting``: some will collect; told before the first is begun, none has to load for itself
    what that takes.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    if collecting and _COLLECTING not in _PRELOADED:
        _PRELOADED.insert(0, _COLLECTING)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    while _waiting:
        _begin(_waiting.pop())
    return context


def prepare_forking() -> None:
    """Have the server ready that others are forked from, where that can be had for nothing.

    To be called by a command before its first thread: then a fork of it is as good as a new
    interpreter, and has loaded already what both take. It waits until the first process is wanted.
    Does nothing where there is a server, or where this is not to be relied on; ``multiprocessing``
    starts one when it is wanted then.
    """
    server: Any = multiprocessing.forkserver._forkserver
    # From 3.14 on a server is asked with a key; beside Linux libraries do not bear a fork.
    if sys.platform != "linux" or sys.version_info >= (3, 14) or server._forkserver_pid is not None:
        return
    if threading.active_count() > 1 or len(os.listdir("/proc/self/task")) > 1:
        return
    # In a folder of the user alone.
    address = arbitrary_address("AF_UNIX")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
    os.chmod(address, 0o600)
    listener.listen()
    alive, alive_here = os.pipe()
    word, word_here = os.pipe()
    pid = os.fork()
    if not pid:
        for descriptor in (alive_here, word_here):
            os.close(descriptor)
        _serve(listener, alive, word)
    listener.close()
    for descriptor in (alive, word):
        os.close(descriptor)
    server._forkserver_address = address
    server._forkserver_alive_fd = alive_here
    server._forkserver_pid = pid
    _waiting.append(word_here)


def _begin(word: int) -> None:
    names = "\n".join(_PRELOADED).encode()
    with contextlib.suppress(OSError):
        os.write(word, names)
    os.close(word)


def _serve(listener: socket.socket, alive: int, word: int) -> NoReturn:
    """Wait for the names of what is to be loaded, then fork whenever that is asked for."""
    code = 1
    try:
        names = os.read(word, 4096).decode().split()
        os.close(word)
        if names:
            multiprocessing.forkserver.main(listener.detach(), alive, names)
        code = 0
    except SystemExit:
        code = 0
    except KeyboardInterrupt:
        pass
    finally:
        os._exit(code)
