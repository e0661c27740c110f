"""What a person sees of a run or a backfill while it works: a bar on a terminal, else plain lines.

One observer over one set of events. A run says each page; a backfill, whose pages are thousands,
says how far it is; a plan says what would be fetched. ``lines`` has the sentences.
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from ingest.cli.collecting.lines import (
    counts_line,
    detail_line,
    health_line,
    plan_lines,
)
from ingest.cli.loudness import Loudness, detail, loudness
from ingest.events import (
    BackfillPlanned,
    EndpointRead,
    Event,
    LinksFound,
    PageDone,
    SourceFinished,
    SourceStarted,
    Waiting,
)
from ingest.periods import duration
from ingest.views.article_text import console, plain
from ingest.views.json_values import json_line, json_value

if TYPE_CHECKING:
    from rich.progress import TaskID

    from ingest.run import RunReport

__all__ = ["RunObserver", "Work", "observer_for"]

#: Seconds between two lines of a backfill where no bar can be drawn.
LINE_EVERY = 30.0
#: Columns of a terminal below which the bar is short, or the notes behind it are left out; what
#: the rest takes; and the longest name that is shown whole.
_ROOM_FOR_BAR, _ROOM_FOR_NOTES, _WITHOUT_NOTES, _NAME_WIDTH = 70, 100, 76, 26
#: Problems of a source that the end of a backfill repeats.
_MOST_PROBLEMS = 5
_GOOD = frozenset({"filed", "revised", "unchanged", "duplicate"})


class Work(StrEnum):
    """What is being watched; the value is the name of its last JSON event."""

    RUN = "run"
    BACKFILL = "backfill"
    #: What a backfill would fetch.
    PLAN = "plan"


class RunObserver(Protocol):
    """Takes the events of a run as they come, and its report at the end."""

    def __call__(self, event: Event) -> None:
        """Take one event."""

    def summary(self, report: RunReport) -> None:
        """Say what the whole run did."""


@contextlib.contextmanager
def observer_for(*, as_json: bool, work: Work = Work.RUN) -> Iterator[RunObserver]:
    """The observer that suits where the output goes, and how much of it is wanted."""
    if as_json:
        yield _Detailed(_JsonLines(work))
    elif sys.stdout.isatty() and work is not Work.PLAN and loudness() > Loudness.QUIET:
        with _Bar(work) as bar:
            yield _Detailed(bar)
    else:
        yield _Detailed(_PlainLines(work))


class _Detailed:
    """Says on stderr, where ``-v`` was given, what the observer behind it passes over."""

    def __init__(self, observer: RunObserver) -> None:
        self._observer = observer

    def __call__(self, event: Event) -> None:
        if line := detail_line(event):
            detail(plain(line))
        self._observer(event)

    def summary(self, report: RunReport) -> None:
        self._observer.summary(report)


class _JsonLines:
    def __init__(self, work: Work) -> None:
        # A plan is the beginning of a backfill, and ends like one.
        self._last = Work.RUN if work is Work.RUN else Work.BACKFILL

    def __call__(self, event: Event) -> None:
        match event:
            case PageDone():
                self._print(
                    "page",
                    source=event.source,
                    url=event.url,
                    outcome=event.outcome,
                    reason=event.reason,
                    detail=event.text if event.reason else None,
                    title=None if event.reason else event.text,
                    article_id=event.article_id,
                )
            case EndpointRead():
                self._print("endpoint", **asdict(event))
            case BackfillPlanned():
                values = asdict(event)
                values["by_month"] = {month or "": n for month, n in event.by_month.items()}
                self._print("plan", **values)
            case Waiting():
                self._print("waiting", **asdict(event))
            case SourceFinished():
                self._print(
                    "source",
                    source=event.source,
                    error=event.error,
                    problems=list(event.problems),
                    health=json_value(event.health),
                    **asdict(event.counts),
                )
            case SourceStarted() | LinksFound():
                pass

    def summary(self, report: RunReport) -> None:
        from ingest.run import total

        self._print(
            self._last,
            run_id=report.run_id,
            sources=len(report.sources),
            failed_sources=[finished.source for finished in report.failed],
            busy=list(report.busy),
            stopped_by=report.stopped_by,
            **asdict(total([finished.counts for finished in report.sources])),
        )

    @staticmethod
    def _print(event: str, **values: Any) -> None:
        print(json_line({"event": event, **values}), flush=True)


class _SoFar:
    """What has become of the pages of one source, as they come."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        #: Pages that will be done, as far as is known.
        self.expected: int | None = None
        self.done = 0
        self._failures: Counter[str] = Counter()

    def take(self, event: PageDone) -> None:
        self.done += 1
        if self.expected is not None:
            self.expected = max(self.expected, self.done)
        if event.outcome not in _GOOD:
            self._failures[event.reason or event.outcome] += 1

    @property
    def rate(self) -> float:
        """Pages a second."""
        return self.done / max(time.monotonic() - self._began, 1e-3)

    @property
    def without_article(self) -> str:
        named = ", ".join(f"{count} {reason}" for reason, count in self._failures.most_common(4))
        return f"no article: {named}" if named else ""


class _PlainLines:
    def __init__(self, work: Work) -> None:
        self._work = work
        self._tallies: dict[str, _SoFar] = {}
        self._said = time.monotonic()

    def __call__(self, event: Event) -> None:
        tally = self._tallies.setdefault(event.source, _SoFar())
        match event:
            case EndpointRead(error=str(error)):
                self._print(f"{event.source}: endpoint failed: {error}")
            case LinksFound():
                # A backfill counts its own when it has planned.
                if self._work is Work.RUN:
                    tally.expected = (tally.expected or 0) + event.count
            case BackfillPlanned():
                tally.expected = event.pages
                for line in plan_lines(event):
                    self._print(line)
            case Waiting():
                self._print(f"{event.source}: {event.why}; waiting {duration(event.seconds)}")
            case PageDone():
                tally.take(event)
                self._page(event, tally)
            case SourceFinished(error=str(error)) if self._work is not Work.PLAN:
                self._print(f"{event.source}: failed: {error}")
            case _:
                pass

    def _page(self, event: PageDone, tally: _SoFar) -> None:
        """Say what became of one page, or from time to time how far all of them are."""
        if loudness() is Loudness.QUIET:
            return
        if self._work is Work.RUN:
            reason = f"{event.reason}: " if event.reason else ""
            line = f"{event.source}: {event.outcome}: {reason}{event.text} <{event.url}>"
            self._print(line, cut=True)
        elif time.monotonic() - self._said >= LINE_EVERY:
            self._said = time.monotonic()
            expected = max(tally.expected or 0, tally.done)
            left = duration((expected - tally.done) / tally.rate)
            self._print(
                f"{event.source}: {tally.done} of {expected}, {tally.rate:.1f} pages/s, {left} left"
                + (f"; {tally.without_article}" if tally.without_article else "")
            )

    def summary(self, report: RunReport) -> None:
        from ingest.run import total

        for finished in report.sources:
            if self._work is Work.PLAN:
                if finished.error:
                    self._print(f"{finished.source}: {finished.error}")
                continue
            self._print(f"{finished.source}: {counts_line(finished.counts)}")
            if finished in report.dry and finished.health is not None:
                self._print(f"{finished.source}: {health_line(finished.health)}")
            if self._work is Work.BACKFILL:
                tally = self._tallies.get(finished.source)
                if tally is not None and tally.without_article:
                    self._print(f"  {tally.without_article}")
                for problem in finished.problems[:_MOST_PROBLEMS]:
                    self._print(f"  problem: {problem}")
        if len(report.sources) > 1 and self._work is not Work.PLAN:
            counts = total([finished.counts for finished in report.sources])
            self._print(f"{len(report.sources)} sources: {counts_line(counts)}")

    def _print(self, line: str, *, cut: bool = False) -> None:
        """Print a line; one of very many may be cut where a terminal has no room for it."""
        print(plain(line), flush=True)


class _Bar(_PlainLines):
    """A bar a source, with rate, time left and what went wrong; a run's pages scroll above it."""

    def __enter__(self) -> _Bar:
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            SpinnerColumn,
            TextColumn,
            TimeRemainingColumn,
        )
        from rich.table import Column

        screen = console()
        columns = [
            SpinnerColumn(),
            TextColumn(
                "{task.description}",
                table_column=Column(no_wrap=True, overflow="ellipsis", max_width=_NAME_WIDTH),
            ),
            BarColumn(bar_width=16 if screen.width >= _ROOM_FOR_BAR else 6),
            MofNCompleteColumn(table_column=Column(no_wrap=True)),
            TextColumn("{task.fields[rate]}", table_column=Column(no_wrap=True)),
            TimeRemainingColumn(compact=True, table_column=Column(no_wrap=True)),
        ]
        if screen.width >= _ROOM_FOR_NOTES:
            # Without it nothing is lost: the end says it again, and waiting has a line of its own.
            room = Column(
                no_wrap=True, overflow="ellipsis", max_width=screen.width - _WITHOUT_NOTES
            )
            note = TextColumn("{task.fields[note]}", markup=False, table_column=room)
            columns.append(note)
        self._progress = Progress(*columns, console=screen)
        self._tasks: dict[str, TaskID] = {}
        self._links: Counter[str] = Counter()
        self._progress.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._progress.stop()

    def __call__(self, event: Event) -> None:
        super().__call__(event)
        tally = self._tallies[event.source]
        match event:
            case EndpointRead():
                self._links[event.source] += event.links
                self._update(event.source, tally, f"{self._links[event.source]} links found")
            case Waiting():
                self._update(event.source, tally, f"waiting: {event.why}")
            case SourceFinished():
                # Where nothing was to be done the bar must not go on for ever.
                if self._work is Work.RUN or tally.expected is None:
                    tally.done = tally.expected = tally.done or 1
                self._update(event.source, tally, tally.without_article)
            case SourceStarted():
                self._update(event.source, tally, "looking for links")
            case PageDone() | LinksFound() | BackfillPlanned():
                self._update(event.source, tally, tally.without_article)

    def _update(self, source: str, tally: _SoFar, note: str) -> None:
        if source not in self._tasks:
            self._tasks[source] = self._progress.add_task(source, total=None, rate="", note="")
        self._progress.update(
            self._tasks[source],
            completed=tally.done,
            total=tally.expected,
            rate=f"{tally.rate:.1f}/s" if tally.done else "",
            note=plain(note),
        )

    def _print(self, line: str, *, cut: bool = False) -> None:
        self._progress.console.print(
            plain(line), markup=False, highlight=False, overflow="ellipsis", no_wrap=cut
        )

    def _page(self, event: PageDone, tally: _SoFar) -> None:
        if self._work is Work.RUN:
            super()._page(event, tally)
