"""How processes of ours begin: forked from one that has loaded what they need, and nothing else.

They share its memory, and unlike a fork of the first process copy no lock that a thread holds.
"""

from __future__ import annotations

import multiprocessing
from multiprocessing.context import BaseContext

__all__ = ["forking"]

#: Loaded before the first fork. What comes last may freeze what was loaded.
_PRELOADED = ["ingest.workers.preloaded"]
_COLLECTING = "ingest.collectors.serving"


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
    return context
