"""The alarm of silence: how often it is false in a year, and how soon a feed that froze is told."""

from __future__ import annotations

from typing import Any

import numpy as np

from bench.months.polling import ISSUES, Break, Watched, promised, usual_gap
from bench.months.publishers import DAY, Publisher

__all__ = ["judge", "print_alarm"]

#: Kinds whose breaks are to be told within three of their usual gaps.
_DAILIES = ("agency", "daily", "online daily", "local paper", "night desk")
#: Issues of a weekly before two missing ones are to be told.
_KNOWN = 8


def judge(year: list[Watched], publishers: list[Publisher]) -> dict[str, Any]:
    """The figures, in all and by kind."""
    usual = {each.name: usual_gap(each) / DAY for each in publishers}
    figures = _figures(year, usual)
    figures["kinds"] = {
        kind: _figures([each for each in year if each.kind == kind], usual)
        for kind in dict.fromkeys(each.kind for each in year)
    }
    return figures


def _in_time(watched: Watched, tried: Break, usual: float) -> bool | None:
    """Whether it was told in time; ``None`` where no time was promised."""
    if watched.kind in _DAILIES or (watched.kind in ISSUES and tried.issues >= _KNOWN):
        within = promised(watched.kind, usual * DAY) / DAY
        # By the first poll after it: nobody sees between polls.
        return tried.alarm is not None and tried.before < within
    return None


def _figures(year: list[Watched], usual: dict[str, float]) -> dict[str, Any]:
    years = sum(each.days for each in year) / 365
    tried = [(each, b) for each in year for b in each.breaks]
    judged = [
        (each, b, told)
        for each, b in tried
        if (told := _in_time(each, b, usual[each.name])) is not None
    ]
    days = [b.alarm if b.alarm is not None else np.inf for _, b in tried]
    gaps = [(b.alarm if b.alarm is not None else np.inf) / usual[each.name] for each, b in tried]
    false = sum(len(each.false_alarms) for each in year)
    return {
        "sources": len(year),
        "false_alarms": false,
        "false_a_source_year": round(false / years, 3),
        "sources_with_false": sum(1 for each in year if each.false_alarms),
        "breaks": len(tried),
        "told": sum(1 for _, b in tried if b.alarm is not None),
        "promised": len(judged),
        "in_time": sum(bool(told) for *_, told in judged),
        "median_days": _round(np.median(days)) if days else None,
        "p95_days": _round(np.quantile(days, 0.95, method="higher")) if days else None,
        "median_usual_gaps": _round(np.median(gaps)) if gaps else None,
        "real_breaks": sum(each.real_breaks for each in year),
        "real_told": sum(1 for each in year if each.real_breaks_told),
        "late": [
            (each.name, b.issues, b.alarm and round(b.alarm, 2), round(usual[each.name], 2))
            for each, b, told in judged
            if not told
        ],
    }


def _round(value: float) -> float | None:
    return round(float(value), 2) if np.isfinite(value) else None


def print_alarm(figures: dict[str, Any]) -> None:
    """A table for people."""
    print("\nAlarm of silence")
    print(
        f"{'':14}{'sources':>8}{'false':>7}{'a year':>8}{'breaks':>8}{'told':>6}{'promised':>9}"
        f"{'in time':>8}{'median':>8}{'p95':>7}{'gaps':>6}"
    )
    for kind, row in [*figures["kinds"].items(), ("all", figures)]:
        shown = [row[key] for key in ("median_days", "p95_days", "median_usual_gaps")]
        median, p95, gaps = ("-" if value is None else f"{value:.1f}" for value in shown)
        print(
            f"{kind:14}{row['sources']:8}{row['false_alarms']:7}{row['false_a_source_year']:8.2f}"
            f"{row['breaks']:8}{row['told']:6}{row['promised']:9}{row['in_time']:8}"
            f"{median:>8}{p95:>7}{gaps:>6}"
        )
    print(
        "  a year: false alarms of one source in a year; promised: dailies within three usual gaps (the"
        " longest of\n  an ordinary week, at least a day), weeklies with eight issues by the day of the"
        " second missing one;\n  median, p95: days of silence at the alarm; gaps: the same in usual gaps"
    )
