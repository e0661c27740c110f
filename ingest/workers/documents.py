"""Documents of endpoints parsed in the extraction processes, where they can be ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from ingest.errors import ExtractionCrashed, TooCostly
from ingest.workers.tasks import Parse
from sources.errors import EndpointError

if TYPE_CHECKING:
    from ingest.workers.pool import ExtractionPool

__all__ = ["DocumentParsing"]

P = ParamSpec("P")
R = TypeVar("R")


class DocumentParsing:
    """``sources.endpoints.parsing.Parsing`` in the processes of a pool."""

    def __init__(self, pool: ExtractionPool, whose: str | None = None) -> None:
        """``whose``: the name of the source whose documents they are."""
        self._pool = pool
        self._whose = whose

    async def __call__(
        self, url: str, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """What ``function`` makes of its arguments.

        Raises:
            EndpointError: it took more than it may, or killed its process.
        """
        try:
            return await self._pool.submit(Parse(url, function, args, kwargs, self._whose))
        except ExtractionCrashed as error:
            cause = "too_costly" if isinstance(error, TooCostly) else "crashed"
            raise EndpointError(url, str(error).removeprefix(f"{url}: "), cause) from error
