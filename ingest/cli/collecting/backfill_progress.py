"""What a person sees of a backfill: the plan, a bar with rate and time left, failures by kind."""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol

from ingest.cli.collecting.progress import counts_line
from ingest.events import (
    BackfillPlanned,
    EndpointRead,
    Event,
    PageDone,
    SourceFinished,
    Waiting,
)
from ingest.views.article_text import console, plain

if TYPE_CHECKING:
    from ingest.run import RunReport

__all__ = ["BackfillObserver", "backfill_observer", "plan_lines"]

#: Seconds between two lines where no bar can be drawn.
LINE_EVERY = 30.0
#: Months listed of a plan; beyond, years are.
MOST_MONTHS = 36
_GOOD = frozenset({"filed", "revised", "unchanged", "duplicate"})


class BackfillObserver(Protocol):
    """Takes the events of a backfill as they come, and its report at the end."""

    def __call__(self, event: Event) -> None:
        """Take one event."""

    def summary(self, report: RunReport) -> None:
        """Say what the whole run did."""


@contextlib.contextmanager
def backfill_observer(*, as_json: bool, dry_run: bool) -> Iterator[BackfillObserver]:
    """The observer that suits where the output goes."""
    if as_json:
        yield _JsonLines()
    elif sys.stdout.isatty() and not dry_run:
        with _Bar() as bar:
            yield bar
    else:
        yield _PlainLines(plan_only=dry_run)


def plan_lines(plan: BackfillPlanned) -> list[str]:
    """A plan in words: how many, by month, how long."""
    lines = [
        f"{plan.source}: {plan.links} links to fetch"
        + (f", {plan.pages} of them now" if plan.pages != plan.links else "")
        + (f", named by {plan.documents} documents" if plan.documents else "")
        + (" (goes on with an earlier command)" if plan.resumed else "")
    ]
    months = dict(plan.by_month)
    unknown = months.pop(None, 0)
    named: Counter[str] = Counter()
    for month, count in months.items():
        named[month if len(months) <= MOST_MONTHS else str(month)[:4]] += count  # type: ignore[index]
    lines += [f"  {period}  {count:>8}" for period, count in sorted(named.items(), reverse=True)]
    if unknown:
        lines.append(f"  no date  {unknown:>6}")
    if plan.pages:
        lines.append(f"  about {_duration(plan.seconds)} at the polite rate")
    lines += [f"  problem: {problem}" for problem in plan.problems[:10]]
    return lines


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    if seconds < 48 * 3600:
        return f"{seconds / 3600:.1f} h"
    return f"{timedelta(seconds=seconds) / timedelta(days=1):.1f} days"


class _Tally:
    """What has become of the pages of one source, as they come."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.done = 0
        self.failures: Counter[str] = Counter()

    def take(self, event: PageDone) -> None:
        self.done += 1
        if event.outcome not in _GOOD:
            self.failures[event.reason or event.outcome] += 1

    @property
    def rate(self) -> float:
        return self.done / max(time.monotonic() - self.began, 1e-3)

    @property
    def without_article(self) -> str:
        named = ", ".join(f"{count} {reason}" for reason, count in self.failures.most_common(4))
        return f"no article: {named}" if named else ""


class _JsonLines:
    def __call__(self, event: Event) -> None:
        match event:
            case BackfillPlanned():
                values = asdict(event)
                values["by_month"] = {month or "": n for month, n in event.by_month.items()}
                self._print("plan", **values)
            case PageDone():
                self._print(
                    "page",
                    source=event.source,
                    url=event.url,
                    outcome=event.outcome,
                    reason=event.reason,
                    article_id=event.article_id,
                )
            case EndpointRead():
                self._print("endpoint", **asdict(event))
            case Waiting():
                self._print("waiting", **asdict(event))
            case SourceFinished():
                self._print(
                    "source",
                    source=event.source,
                    error=event.error,
                    problems=list(event.problems),
                    **asdict(event.counts),
                )
            case _:
                pass

    def summary(self, report: RunReport) -> None:
        self._print(
            "backfill",
            run_id=report.run_id,
            sources=len(report.sources),
            failed_sources=[finished.source for finished in report.failed],
            busy=list(report.busy),
            stopped_by=report.stopped_by,
        )

    @staticmethod
    def _print(event: str, **values: Any) -> None:
        print(json.dumps({"event": event, **values}, ensure_ascii=False), flush=True)


class _PlainLines:
    def __init__(self, *, plan_only: bool = False) -> None:
        self._plan_only = plan_only
        self._tallies: dict[str, _Tally] = {}
        self._pages: dict[str, int] = {}
        self._said = time.monotonic()

    def __call__(self, event: Event) -> None:
        match event:
            case BackfillPlanned():
                self._pages[event.source] = event.pages
                for line in plan_lines(event):
                    self._print(line)
            case EndpointRead(error=str(error)):
                self._print(f"{event.source}: {error}")
            case Waiting():
                self._print(f"{event.source}: {event.why}; waiting {_duration(event.seconds)}")
            case PageDone():
                tally = self._tallies.setdefault(event.source, _Tally())
                tally.take(event)
                self._page(event.source, tally)
            case SourceFinished(error=str(error)):
                self._print(f"{event.source}: {error}")
            case _:
                pass

    def _page(self, source: str, tally: _Tally) -> None:
        if time.monotonic() - self._said < LINE_EVERY:
            return
        self._said = time.monotonic()
        pages = max(self._pages.get(source, 0), tally.done)
        left = _duration((pages - tally.done) / tally.rate)
        self._print(
            f"{source}: {tally.done} of {pages}, {tally.rate:.1f} pages/s, {left} left"
            + (f"; {tally.without_article}" if tally.failures else "")
        )

    def summary(self, report: RunReport) -> None:
        for finished in report.sources:
            if self._plan_only:
                if finished.error:
                    self._print(f"{finished.source}: {finished.error}")
                continue
            tally = self._tallies.get(finished.source)
            self._print(f"{finished.source}: {counts_line(finished)}")
            if tally is not None and tally.failures:
                self._print(f"  {tally.without_article}")
            for problem in finished.problems[:5]:
                self._print(f"  problem: {problem}")

    def _print(self, line: str) -> None:
        print(plain(line), flush=True)


class _Bar(_PlainLines):
    """A bar a source, with rate, time left and failures by kind."""

    def __enter__(self) -> _Bar:
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            SpinnerColumn,
            TextColumn,
            TimeRemainingColumn,
        )

        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[failures]}"),
            console=console(),
        )
        self._tasks: dict[str, Any] = {}
        self._progress.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._progress.stop()

    def __call__(self, event: Event) -> None:
        task = self._task(event.source)
        match event:
            case EndpointRead():
                known = self._progress.tasks[task].fields["links"] + event.links
                self._progress.update(task, links=known, failures=f"{known} links found")
            case BackfillPlanned():
                self._progress.update(task, total=event.pages, completed=0, failures="")
            case Waiting():
                self._progress.update(task, failures=f"waiting: {event.why}"[:60])
        super().__call__(event)

    def _task(self, source: str) -> Any:
        if source not in self._tasks:
            self._tasks[source] = self._progress.add_task(
                source, total=None, rate="", failures="looking for links", links=0
            )
        return self._tasks[source]

    def _page(self, source: str, tally: _Tally) -> None:
        task = self._task(source)
        total = self._progress.tasks[task].total
        self._progress.update(
            task,
            completed=tally.done,
            total=None if total is None else max(total, tally.done),
            rate=f"{tally.rate:.1f}/s",
            failures=tally.without_article,
        )

    def _print(self, line: str) -> None:
        self._progress.console.print(plain(line), markup=False, highlight=False)
