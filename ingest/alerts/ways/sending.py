"""What each way of telling has in common: a message is sent, or it is said why not."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from ingest.alerts.message import Message
    from ingest.alerts.settings import Secret

__all__ = ["Again", "NotSent", "Sender", "secret_of"]

#: When another attempt makes sense: ``soon``, of what passes; ``later``, of what somebody must mend,
#: such as a log-in; ``never``, of what refuses this message and not the next.
Again = Literal["soon", "later", "never"]
_LARGEST_SECRET = 64 * 1024


class NotSent(Exception):
    """A message was not sent; the text says why, without anything that is secret."""

    def __init__(self, why: str, again: Again = "soon", *, after: float | None = None) -> None:
        """``after``: seconds that the other side asks us to wait."""
        super().__init__(why)
        self.why = why
        self.again = again
        self.after = after


class Sender(Protocol):
    """One way of telling."""

    async def send(self, message: Message) -> str:
        """Send ``message``; what the other side said to it, in a few words.

        Raises:
            NotSent: it was not, or nobody knows.
        """
        ...


def secret_of(secret: Secret) -> str:
    """The secret, as it is now; without the line's end that editors put behind it.

    Raises:
        NotSent: it is not there.
    """
    if secret.variable is not None:
        found = os.environ.get(secret.variable, "")
        if not found:
            raise NotSent(f"the environment has no variable {secret.variable}", "later")
        return found.strip()
    assert secret.file is not None
    text = _read(secret.file)
    if not text:
        raise NotSent(f"{secret.file} is empty; put the secret into it", "later")
    return text


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_LARGEST_SECRET).decode("utf-8").strip()
    except UnicodeDecodeError:
        raise NotSent(f"{path} is not UTF-8", "later") from None
    except OSError as error:
        raise NotSent(f"{path} cannot be read: {error.strerror}", "later") from None
