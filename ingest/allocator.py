"""How memory is handed out and taken back, for pages that come and go by the thousand in several threads.

glibc gives each thread a heap of its own and keeps large blocks on it once one was freed; after some
thousand pages of some hundred kilobytes a process held twice what it used
(https://www.gnu.org/software/libc/manual/html_node/Malloc-Tunable-Parameters.html).
"""

from __future__ import annotations

import ctypes
import gc
import sys

__all__ = ["collect_rarely", "keep_heap_small"]

#: ``mallopt`` parameters of glibc's malloc.h.
_MMAP_THRESHOLD, _ARENA_MAX = -3, -8
#: Bytes from which a block is given back to the system as soon as it is freed.
_LARGE = 256 * 1024
#: Objects made since the last look for circles that nothing refers to; Python's own number is 700, less
#: than reading one page makes.
_YOUNG = 2_000


def keep_heap_small() -> None:
    """One heap for all threads, and large blocks off it; does nothing where the C library is another.

    To be called before the first thread starts.
    """
    if sys.platform != "linux":
        return
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return
    mallopt(_ARENA_MAX, 1)
    mallopt(_MMAP_THRESHOLD, _LARGE)


def collect_rarely() -> None:
    """Look for circular garbage less often, and never again among what is loaded by now."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, 10, 10)
