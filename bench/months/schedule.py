"""Adaptive polling against polling at fixed intervals: delays at the same requests, requests at the same delay.

Two fixed pollings are compared with: all sources at one interval (what an operator writes down), and each
at one of its own, as often as the adaptive one asked it (what he could write down had he measured each).
"""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.months.polling import Watched
from bench.months.publishers import DAY

__all__ = ["compare", "print_schedule"]


def compare(year: list[Watched]) -> dict[str, Any]:
    """The figures, in all and by kind of publisher."""
    figures = _figures(year)
    figures["kinds"] = {
        kind: _figures([each for each in year if each.kind == kind])
        for kind in dict.fromkeys(each.kind for each in year)
    }
    return figures


def _figures(year: list[Watched]) -> dict[str, Any]:
    days = year[0].days
    delays = np.concatenate([np.array(each.delays) for each in year])
    polls = sum(each.polls for each in year)
    if not len(delays):
        return {"sources": len(year), "polls_a_day": round(polls / days, 1), "articles": 0}
    one = len(year) * days * DAY / polls
    fixed = np.concatenate([_fixed(each, one) for each in year])
    own = np.concatenate([_fixed(each, days * DAY / each.polls) for each in year])
    median = float(np.median(delays))
    # At the same median delay: all at one interval; each at its own, all sooner by one factor.
    same = _interval(year, median, [1.0] * len(year))
    shares = [days * DAY / each.polls for each in year]
    same_own = _interval(year, median, shares)
    by_source = [
        float(np.median(each.delays) / max(np.median(_fixed(each, days * DAY / each.polls)), 1e-9))
        for each in year
        if len(each.delays) > 4
    ]
    return {
        "sources": len(year),
        "polls_a_day": round(polls / days, 1),
        "articles": len(delays),
        "lost": sum(each.lost for each in year),
        "median_delay_min": round(median / 60, 2),
        "mean_delay_min": round(float(np.mean(delays)) / 60, 2),
        "p95_delay_min": round(float(np.quantile(delays, 0.95)) / 60, 1),
        "fixed_median_min": round(float(np.median(fixed)) / 60, 2),
        "own_fixed_median_min": round(float(np.median(own)) / 60, 2),
        "delay_ratio": round(median / float(np.median(fixed)), 3),
        "delay_ratio_own": round(median / float(np.median(own)), 3),
        "delay_ratio_by_source": round(float(np.median(by_source)), 3) if by_source else None,
        "requests_ratio": round(polls / (len(year) * days * DAY / same), 3),
        "requests_ratio_own": round(
            polls / sum(days * DAY / (share * same_own) for share in shares), 3
        ),
    }


def _fixed(watched: Watched, interval: float) -> NDArray[np.float64]:
    """Delays of polls at a fixed interval; the same articles, all found."""
    when = np.array(watched.when, float)
    phase = zlib.crc32(watched.name.encode()) / 2**32 * interval
    return interval - np.mod(when - phase, interval)


def _interval(year: list[Watched], median: float, shares: list[float]) -> float:
    """The interval (times each source's share) at which fixed polling has that median delay."""
    low, high = 1e-4, 1e7
    for _ in range(40):
        middle = float(np.sqrt(low * high))
        delays = np.concatenate(
            [_fixed(each, share * middle) for each, share in zip(year, shares, strict=True)]
        )
        low, high = (middle, high) if np.median(delays) < median else (low, middle)
    return high


def print_schedule(title: str, figures: dict[str, Any]) -> None:
    """A table for people."""
    print(f"\n{title}")
    print(
        f"{'':14}{'sources':>8}{'polls/day':>10}{'articles':>9}{'lost':>6}{'median':>8}{'p95':>8}"
        f"{'fixed':>8}{'ratio':>7}{'own':>7}{'ratio':>7}{'req.':>7}{'req.own':>8}"
    )
    for kind, row in [*figures["kinds"].items(), ("all", figures)]:
        if not row["articles"]:
            continue
        print(
            f"{kind:14}{row['sources']:8}{row['polls_a_day']:10.0f}{row['articles']:9}"
            f"{row['lost']:6}{row['median_delay_min']:8.1f}{row['p95_delay_min']:8.0f}"
            f"{row['fixed_median_min']:8.1f}{row['delay_ratio']:7.2f}"
            f"{row['own_fixed_median_min']:7.1f}{row['delay_ratio_own']:7.2f}"
            f"{row['requests_ratio']:7.2f}{row['requests_ratio_own']:8.2f}"
        )
    print(
        "  minutes from publication to discovery; fixed: all sources at one interval, own: each at one"
        " of its\n  own, as many polls as the adaptive; req.: its polls to those of fixed polling at the"
        " same median delay"
    )
