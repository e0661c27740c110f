"""How much a command says beside what it was asked for: ``-q``, nothing, or ``-v``.

All of it goes to stderr, so that standard output is the same in each of the three, and JSON is
never mixed with anything.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from enum import IntEnum

__all__ = ["Loudness", "detail", "loudness", "remark", "set_loudness", "shows_progress"]


class Loudness(IntEnum):
    """What stderr gets beside errors."""

    #: ``-q``: nothing.
    QUIET = -1
    #: Remarks, and progress where it is a terminal.
    NORMAL = 0
    #: ``-v``: also what is done, step by step.
    VERBOSE = 1


@dataclass
class _Now:
    loudness: Loudness = Loudness.NORMAL


_now = _Now()


def loudness() -> Loudness:
    """How much is asked for."""
    return _now.loudness


def set_loudness(asked: Loudness) -> None:
    """Say as much as ``asked`` from now on."""
    _now.loudness = asked


def remark(line: str) -> None:
    """Tell the operator something that is no error, unless ``-q`` was given."""
    if _now.loudness > Loudness.QUIET:
        print(f"copydesk: {line}", file=sys.stderr, flush=True)


def detail(line: str) -> None:
    """Tell the operator what is being done, where ``-v`` was given."""
    if _now.loudness is Loudness.VERBOSE:
        print(f"copydesk: {line}", file=sys.stderr, flush=True)


def shows_progress() -> bool:
    """Whether a line that is written over again and again may be shown on stderr."""
    return _now.loudness > Loudness.QUIET and sys.stderr.isatty()
