"""What the daemon said of each paper, beside what happened to it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bench.soak.papers import BREAKS, Paper

__all__ = ["MOST_POLLS", "Told", "slope_by_hour", "told_of"]

#: Polls after a break within which it must be told.
MOST_POLLS = 3
#: States that say that something is wrong.
_BAD = ("degraded", "broken")


@dataclass
class Told:
    """What was said of one paper."""

    paper: Paper
    #: State and reason first told after the break.
    said: str = "-"
    #: Polls that had begun after the break, and could see it, when it was told rightly; and after its
    #: end until it was told that all is well.
    polls: int | None = None
    recovered: int | None = None
    problems: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """For the last line."""
        return {
            "breaks": self.paper.breaks,
            "said": self.said,
            "polls": self.polls,
            "recovered": self.recovered,
        }


def told_of(database: sqlite3.Connection, paper: Paper) -> Told:
    """What ``health_changes`` says of ``paper``, compared with what happened."""
    changes = [
        (_seconds(at), state, reason or "", why or "")
        for at, state, reason, why in database.execute(
            "SELECT at, state, reason, why FROM health_changes WHERE source = ? ORDER BY id",
            (paper.name,),
        )
    ]
    polls = [
        (_seconds(begun), news)
        for begun, news in database.execute(
            "SELECT started_at, links_new FROM passes"
            " WHERE source = ? AND finished_at IS NOT NULL ORDER BY started_at",
            (paper.name,),
        )
    ]
    found = Told(paper)
    before = [change for change in changes if change[0] < paper.begins]
    found.problems += [
        f"told without a cause: {state}: {reason}: {why}"
        for _, state, reason, why in before
        if state in _BAD
    ]
    if paper.breaks is None:
        return found
    during = [change for change in changes if paper.begins <= change[0] < paper.ends]
    right = BREAKS[paper.breaks]
    # Of a feed that stands still the next poll brings what was published before.
    frozen = paper.breaks == "feed frozen"
    bad = [change for change in during if change[1] in _BAD]
    if bad:
        found.said = f"{bad[0][1]}: {bad[0][2]}"
    told_at = next((at for at, _, reason, _ in bad if reason in right), None)
    found.problems += [
        f"told wrongly: {state}: {reason}: {why}"
        for _, state, reason, why in bad
        if reason not in right
    ]
    if told_at is None:
        found.problems.append(f"{paper.breaks}: not told")
    else:
        found.polls = sum(
            1 for begun, news in polls if paper.begins <= begun < told_at and not (frozen and news)
        )
        if found.polls > MOST_POLLS:
            found.problems.append(f"{paper.breaks}: told after {found.polls} polls")
    after = [change for change in changes if change[0] >= paper.ends]
    well = next((at for at, state, _, _ in after if state == "healthy"), None)
    if well is None:
        found.problems.append("that it works again was not told")
    else:
        found.recovered = sum(1 for begun, _ in polls if paper.ends <= begun < well)
        found.problems += [
            f"told after it was whole again: {state}: {reason}: {why}"
            for at, state, reason, why in after
            if at > well and state in _BAD
        ]
    return found


def slope_by_hour(measured: Sequence[tuple[float, int]]) -> float:
    """Growth an hour as a share of the mean: the least-squares line through (instant, bytes)."""
    if len(measured) < 2:
        return 0.0
    middle = sum(at for at, _ in measured) / len(measured)
    mean = sum(size for _, size in measured) / len(measured)
    spread = sum((at - middle) ** 2 for at, _ in measured)
    return sum((at - middle) * (size - mean) for at, size in measured) / spread * 3600 / mean


def _seconds(at: str) -> float:
    return datetime.fromisoformat(at).timestamp()
