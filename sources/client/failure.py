"""How the parts of the client say that no page comes: a kind of ``FetchError``, still without its address."""

from __future__ import annotations

from sources.errors import FetchError

__all__ = ["Failure"]


class Failure(Exception):
    """Raised inside ``sources.client`` only; ``Client`` adds the address and raises ``error``."""

    def __init__(
        self,
        error: type[FetchError],
        reason: str,
        *,
        again: bool = False,
        retry_after: float | None = None,
        cause: str | None = None,
    ) -> None:
        """Say why in one line.

        ``again``: another attempt a moment later may succeed; ``retry_after``: one after so many
        seconds; ``cause``: what kind of trouble it is, in a word, where it is not what is usual for
        the class.
        """
        super().__init__(reason)
        self.error = error
        self.reason = reason
        self.again = again
        self.retry_after = retry_after
        self.cause = cause or error.cause
