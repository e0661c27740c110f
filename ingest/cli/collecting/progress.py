"""What a person sees while a run works: a bar on a terminal, plain lines or JSON elsewhere."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Protocol

from ingest.events import (
    EndpointRead,
    Event,
    LinksFound,
    PageDone,
    SourceFinished,
    SourceStarted,
)
from ingest.views.article_text import console, plain

if TYPE_CHECKING:
    from ingest.run import RunReport

__all__ = ["RunObserver", "observer_for"]


class RunObserver(Protocol):
    """Takes the events of a run as they come, and its report at the end."""

    def __call__(self, event: Event) -> None:
        """Take one event."""

    def summary(self, report: RunReport) -> None:
        """Say what the whole run did."""


@contextlib.contextmanager
def observer_for(*, as_json: bool) -> Iterator[RunObserver]:
    """The observer that suits where the output goes."""
    if as_json:
        yield _JsonLines()
    elif sys.stdout.isatty():
        with _Bar() as bar:
            yield bar
    else:
        yield _PlainLines()


class _JsonLines:
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
            case SourceFinished():
                self._print(
                    "source",
                    source=event.source,
                    error=event.error,
                    problems=list(event.problems),
                    **asdict(event.counts),
                )
            case SourceStarted() | LinksFound():
                pass

    def summary(self, report: RunReport) -> None:
        from ingest.run import total

        counts = total([finished.counts for finished in report.sources])
        self._print(
            "run",
            run_id=report.run_id,
            sources=len(report.sources),
            failed_sources=[finished.source for finished in report.failed],
            busy=list(report.busy),
            stopped_by=report.stopped_by,
            **asdict(counts),
        )

    @staticmethod
    def _print(event: str, **values: Any) -> None:
        print(json.dumps({"event": event, **values}, ensure_ascii=False), flush=True)


class _PlainLines:
    def __call__(self, event: Event) -> None:
        match event:
            case EndpointRead(error=str(error)):
                self._print(f"{event.source}: endpoint failed: {error}")
            case PageDone(reason=None):
                self._print(f"{event.source}: {event.outcome}: {event.text} <{event.url}>")
            case PageDone():
                self._print(
                    f"{event.source}: {event.outcome}: {event.reason}: {event.text} <{event.url}>"
                )
            case SourceFinished(error=str(error)):
                self._print(f"{event.source}: failed: {error}")
            case _:
                pass

    def summary(self, report: RunReport) -> None:
        from ingest.run import total

        for finished in report.sources:
            self._print(f"{finished.source}: {counts_line(finished)}")
        if len(report.sources) > 1:
            whole = SourceFinished(
                "all", total([finished.counts for finished in report.sources]), None
            )
            self._print(f"{len(report.sources)} sources: {counts_line(whole)}")

    def _print(self, line: str) -> None:
        print(plain(line), flush=True)


class _Bar(_PlainLines):
    """A Rich progress line a source, with what was filed scrolling above it."""

    def __enter__(self) -> _Bar:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            console=console(),
        )
        self._tasks: dict[str, Any] = {}
        self._progress.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._progress.stop()

    def __call__(self, event: Event) -> None:
        match event:
            case SourceStarted():
                self._tasks[event.source] = self._progress.add_task(event.source, total=None)
            case LinksFound():
                task = self._tasks[event.source]
                known = self._progress.tasks[task].total or 0
                self._progress.update(task, total=known + event.count)
            case PageDone():
                task = self._tasks[event.source]
                self._progress.advance(task)
                bar = self._progress.tasks[task]
                if bar.completed > (bar.total or 0):
                    self._progress.update(task, total=bar.completed)
            case SourceFinished():
                task = self._tasks[event.source]
                done = self._progress.tasks[task].completed
                self._progress.update(task, total=done or 1, completed=done or 1)
            case EndpointRead():
                pass
        super().__call__(event)

    def _print(self, line: str) -> None:
        self._progress.console.print(plain(line), markup=False, overflow="ellipsis", no_wrap=True)


def counts_line(finished: SourceFinished) -> str:
    """The counts of one pass in words; what is zero is left out."""
    counts = finished.counts
    parts = [
        f"{counts.links_new} new links" if counts.links_new else "no new link",
        *(
            f"{value} {name}"
            for name, value in (
                ("filed", counts.filed),
                ("revised", counts.revised),
                ("unchanged", counts.unchanged),
                ("duplicate", counts.duplicate),
                ("refused", counts.refused),
                ("gone", counts.gone),
                ("forbidden by robots.txt", counts.robots),
                ("failed", counts.failed),
            )
            if value
        ),
    ]
    if counts.not_modified:
        parts.append(f"{counts.not_modified} of {counts.documents} documents unchanged (304)")
    return ", ".join(parts)
