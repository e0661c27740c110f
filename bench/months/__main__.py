"""Months of operation: the real functions over simulated publishers, a clock that does not wait.

    python -m bench.months                                   # a year of 180 sources
    python -m bench.months --only schedule --days 120 --sources 60 --seed 2

``driver``: lost and double polls of the real driver, over sleeps and clocks that are set;
``health``: what is said of sources that break in six ways, and of those that do not, over a real database;
``schedule``: the delay from publication to discovery, against fixed polling; with a budget of requests
too. ``alarm``: false alarms of silence, and how soon a feed that froze is told. What is simulated, and how
it differs from what rhythms are made of, stands in ``bench/months/publishers.py``. The last line is one
JSON object.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from typing import Any

__all__ = ["PARTS", "main"]


def _rhythms(options: argparse.Namespace, only: set[str]) -> dict[str, Any]:
    """One simulated year serves both: it is what takes the time."""
    from bench.months.alarm import judge, print_alarm
    from bench.months.publishers import make_publishers
    from bench.months.schedule import compare, print_schedule
    from bench.months.year import BEGIN, Year, budget_price, live

    figures: dict[str, Any] = {}
    year = Year(options.days, options.sources, options.seed, alarms="alarm" in only)
    lived = live(year)
    if "schedule" in only:
        figures["schedule"] = compare(lived)
        print_schedule("At the usual price of a poll", figures["schedule"])
        if options.budget:
            price = budget_price(lived, options.budget * options.sources)
            bought = live(
                Year(options.days, options.sources, options.seed, price=price, alarms=False)
            )
            figures["budget"] = compare(bought)
            figures["budget"]["asked_for"] = options.budget * options.sources
            late = sum(each.polls_late for each in bought) / (options.days / 2)
            figures["budget"]["polls_a_day_late"] = round(late, 1)
            print_schedule(
                f"With a budget of {options.budget * options.sources:.0f} polls a day"
                f" ({late:.0f} in the second half)",
                figures["budget"],
            )
    if "alarm" in only:
        publishers = make_publishers(options.sources, options.days, BEGIN, options.seed)
        figures["alarm"] = judge(lived, publishers)
        print_alarm(figures["alarm"])
    figures["learned"] = sum(each.learned for each in lived)
    return figures


def _health(options: argparse.Namespace, only: set[str]) -> dict[str, Any]:
    from bench.months.health import judge_months, print_health

    days = min(options.days, options.health_days)
    return print_health(
        judge_months(days, min(options.sources, options.health_sources), options.seed)
    )


def _driver(options: argparse.Namespace, only: set[str]) -> dict[str, Any]:
    from bench.months.driver import print_driver, run

    figures = run(min(options.days, options.driver_days), seed=options.seed)
    print_driver(figures)
    return {"driver": figures}


#: What is measured, by its name; each takes the options and the names that are asked for. Several names
#: may share one.
PARTS: dict[str, Callable[[argparse.Namespace, set[str]], dict[str, Any]]] = {
    "schedule": _rhythms,
    "alarm": _rhythms,
    "health": _health,
    "driver": _driver,
}


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--sources", type=int, default=180)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--budget", type=float, default=24.0, help="polls a day and source; 0 leaves that out"
    )
    parser.add_argument(
        "--driver-days", type=int, default=120, help="of `driver`, which has a real database"
    )
    parser.add_argument(
        "--health-days", type=int, default=90, help="of `health`, which has a real database"
    )
    parser.add_argument("--health-sources", type=int, default=18, help="of `health`")
    parser.add_argument("--only", nargs="+", choices=sorted(PARTS), default=sorted(PARTS))
    options = parser.parse_args()
    only = set(options.only)
    began = time.perf_counter()
    figures: dict[str, Any] = {
        "days": options.days,
        "sources": options.sources,
        "seed": options.seed,
    }
    for part in dict.fromkeys(PARTS[name] for name in sorted(only)):
        figures |= part(options, only)
    figures["seconds"] = round(time.perf_counter() - began, 1)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
