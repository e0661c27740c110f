"""One message of a channel: what has become of which source, folded to a line each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Any, Literal

from ingest.alerts.settings import STATES
from sources.secrets import without_secrets
from storage.alerts import HealthChange

__all__ = ["MOST_CHANGES", "Message", "Past", "Told", "fold", "one_line", "worst"]

#: Changes in one message; what is beyond goes into the next.
MOST_CHANGES = 500
_LONGEST_LINE = 1000
#: Not printable by themselves, and part of words in Persian and in scripts of India.
_JOINERS = "\u200c\u200d"


@dataclass(frozen=True, slots=True)
class Past:
    """A state that is over."""

    state: str
    since: datetime | None
    until: datetime
    reason: str | None
    why: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """What has become of one source since the channel's last message."""

    source: str
    #: Its state before, and the one now, with since when, why and what to do.
    before: str
    state: str
    since: datetime | None
    reason: str | None
    why: str | None
    advice: str | None
    #: The worse state that it has left.
    over: Past | None
    #: When the last of it was noticed.
    noticed: datetime

    @property
    def passed(self) -> bool:
        """Whether it fell and rose again meanwhile."""
        return self.over is not None and self.before == self.state


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent on one channel at once."""

    #: The same wherever the same is sent once more: its channel with the first and last change.
    id: str
    channel: str
    kind: Literal["alert", "test"]
    at: datetime
    subject: str
    text: str
    #: The worst state that a source has come into; ``healthy`` where all of it is good news.
    state: str
    changes: tuple[HealthChange, ...]

    def as_json(self) -> dict[str, Any]:
        """As programs get it."""
        return {
            "id": self.id,
            "channel": self.channel,
            "kind": self.kind,
            "at": self.at.isoformat(),
            "subject": self.subject,
            "text": self.text,
            "state": self.state,
            "changes": [_change(change) for change in self.changes],
        }


def fold(changes: Sequence[HealthChange]) -> list[Told]:
    """One line a source: those that are worst first, then by their names."""
    by_source: dict[str, list[HealthChange]] = {}
    for change in changes:
        by_source.setdefault(change.source, []).append(change)
    told = [_told(of_one) for of_one in by_source.values()]
    return sorted(told, key=lambda each: (_place(each.state), _place(each.before), each.source))


def worst(told: Sequence[Told]) -> str:
    """The worst state that one of them is in."""
    return min((each.state for each in told), key=_place)


def one_line(text: str | None) -> str | None:
    """A text that may quote a site, as one line of plain text without anybody's log-in."""
    if text is None:
        return None
    line = " ".join(
        "".join(
            sign if sign.isprintable() or sign in _JOINERS else " "
            for sign in without_secrets(text)
        ).split()
    )
    return line if len(line) <= _LONGEST_LINE else line[: _LONGEST_LINE - 1] + "…"


def _told(changes: list[HealthChange]) -> Told:
    first, last = changes[0], changes[-1]
    return Told(
        source=last.source,
        before=first.before,
        state=last.state,
        since=last.since or last.at,
        reason=last.reason,
        why=one_line(last.why),
        advice=one_line(last.advice),
        over=_over(changes),
        noticed=last.at,
    )


def _over(changes: list[HealthChange]) -> Past | None:
    """The worst state that the source has been in and left, where it is better now."""
    first, last = changes[0], changes[-1]
    past = [Past(first.before, first.before_since, first.at, first.before_reason, first.before_why)]
    past += [
        Past(each.state, each.since or each.at, following.at, each.reason, each.why)
        for each, following in pairwise(changes)
    ]
    low = min(past, key=lambda each: _place(each.state))
    if _place(low.state) >= _place(last.state):
        return None
    return replace(low, why=one_line(low.why))


def _place(state: str) -> int:
    return STATES.index(state) if state in STATES else len(STATES)


def _change(change: HealthChange) -> dict[str, Any]:
    return {
        "id": change.id,
        "source": change.source,
        "at": change.at.isoformat(),
        "before": change.before,
        "state": change.state,
        "since": change.since.isoformat() if change.since is not None else None,
        "reason": change.reason,
        "why": one_line(change.why),
        "advice": one_line(change.advice),
        "before_since": change.before_since.isoformat() if change.before_since else None,
        "before_reason": change.before_reason,
        "before_why": one_line(change.before_why),
    }
