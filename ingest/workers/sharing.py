"""What many tasks hold is sent to a worker once: a source, the lines of a site, the rules of a template.

Where such a value stands in a later task its number is sent. Values are known by identity, which costs
nothing to ask: who makes an equal one anew for each task has it sent each time.
"""

from __future__ import annotations

import io
import pickle
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from ingest.extract.chrome.site_lines import SiteLines
from ingest.templates.reading_values import Candidate
from sources.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable

    from ingest.workers.tasks import Task

__all__ = ["MOST_SHARED", "TaskReader", "TaskWriter"]

#: Shared values that a worker keeps, those asked for last.
MOST_SHARED = 256
_NO_NEWS = pickle.dumps(None, pickle.HIGHEST_PROTOCOL)


#: What the process that this one works for has sent, by number; a process reads from one writer.
_values: dict[int, object] = {}


def _value_of(number: int) -> object:
    return _values[number]


def _lines_of(articles: int, number: int, includes_this: bool) -> SiteLines:
    counts: Any = _values[number]
    return SiteLines(articles, counts, includes_this)


def _candidate_of(label: str, number: int, check: bool, trial: bool) -> Candidate:
    rules: Any = _values[number]
    return Candidate(label, rules, check, trial)


class TaskWriter:
    """Writes tasks for one worker, and knows which shared values that has."""

    def __init__(self) -> None:
        #: Number and value by ``id``, those asked for last at the end. A value is held as long as its
        #: identity stands for it.
        self._known: OrderedDict[int, tuple[int, object]] = OrderedDict()
        self._next = 0
        #: Values of the task that is being written which are not known there, by number.
        self._new: dict[int, object] = {}
        self._forget: list[int] = []
        self._reducers: dict[type, Callable[[Any], tuple[Any, ...]]] = {
            Source: lambda source: (_value_of, (self._number(source),)),
            # A page that is fetched again has lines of its own, with the counts of all.
            SiteLines: lambda site: (
                _lines_of,
                (site.articles, self._number(site.counts), site.includes_this),
            ),
            Candidate: lambda one: (
                _candidate_of,
                (one.label, self._number(one.rules), one.check, one.trial),
            ),
        }

    def write(self, task: Task[Any]) -> tuple[bytes, list[pickle.PickleBuffer]]:
        """(pickles of what is new to the worker and of ``task``, the body of a page apart).

        Raises:
            Exception: it cannot be pickled; the worker is taken to know no more than before.
        """
        buffers: list[pickle.PickleBuffer] = []
        stream = io.BytesIO()
        pickler = pickle.Pickler(stream, pickle.HIGHEST_PROTOCOL, buffer_callback=buffers.append)
        pickler.dispatch_table = self._reducers
        try:
            pickler.dump(task)
            news = _NO_NEWS
            if self._new or self._forget:
                news = pickle.dumps((self._new, self._forget), pickle.HIGHEST_PROTOCOL)
        except BaseException:
            for value in self._new.values():
                del self._known[id(value)]
            self._new = {}
            raise
        if news is not _NO_NEWS:
            self._new, self._forget = {}, []
            while len(self._known) > MOST_SHARED:
                _, (number, _) = self._known.popitem(last=False)
                self._forget.append(number)
        return news + stream.getvalue(), buffers

    def _number(self, value: object) -> int:
        known = self._known.get(id(value))
        if known is not None:
            self._known.move_to_end(id(value))
            return known[0]
        number = self._next
        self._next += 1
        self._known[id(value)] = number, value
        self._new[number] = value
        return number


class TaskReader:
    """Reads in a worker what its parent's ``TaskWriter`` has written."""

    def read(self, data: bytes, body: bytes | None) -> Task[Any]:
        """The task; ``body``: what went apart from it."""
        stream = io.BytesIO(data)
        news = pickle.load(stream)  # noqa: S301 - from our own parent
        if news is not None:
            new, forget = news
            _values.update(new)
            for number in forget:
                _values.pop(number, None)
        task: Task[Any] = pickle.load(stream, buffers=None if body is None else [body])  # noqa: S301
        return task
