"""The plan of a backfill: every document of the time read, and its links recorded."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from ingest.backfill.turns import Turns
from ingest.pipeline.recording import learned_of, record
from sources.endpoints import numbered_shapes, read_endpoint
from sources.endpoints.document import Following, Known, Window
from storage.links import address_shapes, backfills

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.desk import Desk
    from ingest.pipeline.booking import Pass
    from sources.source import Endpoint
    from storage.links.backfills import Backfill, ReadDocument

__all__ = ["read_endpoints"]


async def read_endpoints(
    endpoints: Sequence[Endpoint], backfill: Backfill, desk: Desk, this: Pass
) -> None:
    """Read every document that has not been read, in turns, and record its links.

    The plan is finished where none has to be asked for again.
    """
    source = this.source
    read = await desk.store.read(lambda c: backfills.read_documents(c, backfill.id))
    shapes = await desk.store.read(lambda c: address_shapes.shapes_of(c, source.name))
    turns = Turns(desk, source)
    whole = True
    for endpoint in endpoints:
        learned = learned_of(endpoint, shapes)
        documents = read_endpoint(
            endpoint,
            source,
            this.client,
            lambda url: _known(read.get(url)),
            now=desk.now(),
            window=Window(backfill.since, backfill.until),
            numbered=numbered_shapes(shapes),
            parse=desk.parsing(source),
        )
        async with (
            contextlib.aclosing(documents),
            contextlib.aclosing(turns.over(documents)) as in_turns,
        ):
            async for document in in_turns:
                whole &= await record(document, learned, desk, this, backfill_id=backfill.id)
        if desk.stopping.is_set():
            return
    if whole:
        now = desk.now()
        await desk.store.write(lambda c: backfills.finish_plan(c, backfill.id, now))


def _known(row: ReadDocument | None) -> Known | None:
    if row is None:
        return None
    following = tuple(Following(url, modified) for url, modified in row.following)
    return Known(following=following, read=row.whole)
