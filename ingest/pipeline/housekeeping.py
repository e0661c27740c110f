"""What is done beside collecting: old raw pages go, articles of before take their place in indices."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from ingest.desk import utc_now
from storage.articles.backlog import work_off
from storage.pages.raw_pages import prune_pages

if TYPE_CHECKING:
    from ingest.settings import RawSettings
    from storage.database import Database

__all__ = ["keep_house"]


def keep_house(
    database: Database,
    raw: RawSettings,
    *,
    seconds: float = 10.0,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Prune raw pages and work off what indices lack, for ``seconds`` at most; the rest comes later.

    Raises:
        StorageError: the database cannot go on.
    """
    until = clock() + seconds
    before = utc_now() - raw.age if raw.age is not None else None
    prune = partial(prune_pages, before=before, most_bytes=raw.most_bytes)
    for task in (prune, work_off):
        while clock() < until and database.write(task):
            pass
