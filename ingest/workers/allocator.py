"""How memory is handed out and taken back, for pages that come and go by the thousand in several threads.

glibc gives each thread a heap of its own, and what is freed on one is no room for the others
(https://www.gnu.org/software/libc/manual/html_node/Malloc-Tunable-Parameters.html).
"""

from __future__ import annotations

import ctypes
import gc
import sys

__all__ = ["collect_between_pages", "collect_rarely", "keep_heap_small"]

#: ``mallopt`` parameter of glibc's malloc.h.
_ARENA_MAX = -8
#: Objects made, and not yet let go, since the last look for circles that nothing refers to; Python's own
#: number is 700. With 10,000 the dead trees of pages pile up where requests and their answers are held.
_YOUNG = 2_000
#: The same where pages are read and nothing else: a page holds some ten thousand and leaves no circle behind
#: (a test says so), so that looking amid each found nothing and took a tenth of its time.
_OF_PAGES = 50_000


def keep_heap_small() -> None:
    """One heap for all threads; does nothing where the C library is another.

    To be called before the first thread starts. Large blocks stay on it: each given back at once costs
    a millisecond an article.
    """
    if sys.platform != "linux":
        return
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return
    mallopt(_ARENA_MAX, 1)


def collect_rarely(*, first: bool = True) -> None:
    """Look for circular garbage less often, and never again among what is loaded by now.

    ``first``: whether to look once more before, which takes as long as a tenth of the loading: worth it
    where processes are forked that would hold that garbage too.
    """
    if first:
        gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, 10, 10)


def collect_between_pages() -> None:
    """Look for circular garbage so rarely as suits a process that reads pages, one after the other."""
    gc.set_threshold(_OF_PAGES, 10, 10)
