"""One thing that was looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Finding", "note", "ok", "wrong"]

#: ``note``: works, and may be meant so, or may not.
State = Literal["ok", "note", "wrong"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found."""

    #: What was looked at, in a word or two, such as ``disk`` or ``certificates``.
    about: str
    state: State
    #: In one sentence, with numbers.
    said: str
    #: What to do; ``None`` where there is nothing to do.
    remedy: str | None = None


def ok(about: str, said: str) -> Finding:
    """All is as it should be."""
    return Finding(about, "ok", said)


def note(about: str, said: str, remedy: str) -> Finding:
    """It works, and somebody should know."""
    return Finding(about, "note", said, remedy)


def wrong(about: str, said: str, remedy: str) -> Finding:
    """It does not work, or will not for long."""
    return Finding(about, "wrong", said, remedy)
