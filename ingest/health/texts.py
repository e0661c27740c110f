"""What articles are like: their signs, their fields, their length, as a site's new markup spoils them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import exp, log, sqrt
from statistics import fmean, stdev

from ingest.health.breaks import Break, find_break
from ingest.health.causes import advice_for_page
from ingest.health.state import Finding
from ingest.health.words import percent
from storage.health.evidence import Evidence, Poll

__all__ = ["texts_of_source"]

#: Articles that have to show it.
_FEWEST = 6
#: Texts that are so much shorter (a share), by so many deviations of what polls brought before, whose
#: own deviation is this much at least (of logarithms); polls before.
_SHORTER, _DEVIATIONS, _LEAST_DEVIATION, _LEAST_POLLS = 0.5, 6.0, 0.2, 8
#: Struck lines that are so much fewer, or more, than before, of so many an article.
_CHROME, _CHROME_LINES = 0.35, 3.0
_LOOK = (
    "look at one (`copydesk articles --source {name}`) and at `copydesk templates {name}`;"
    " `copydesk templates relearn {name}` learns its pages anew"
)


@dataclass(frozen=True, slots=True)
class _Lost:
    """A field whose loss is told."""

    of: Callable[[Poll], int | None]
    what: str


_FIELDS = (
    _Lost(lambda poll: poll.untitled, "a title"),
    _Lost(lambda poll: poll.undated, "a time of publication"),
    _Lost(lambda poll: poll.authorless, "an author"),
)


def texts_of_source(evidence: Evidence) -> Iterator[Finding]:
    """What is wrong with the articles that come."""
    filled = [poll for poll in evidence.worked if poll.is_noted and poll.filed]
    yield from _encoding(filled)
    yield from _cut(filled)
    lost = [*_fields(filled), *_length(filled)]
    if lost:
        polls = max(polls for polls, _ in lost)
        why = "; ".join(each for _, each in lost)
        yield Finding("markup", "degraded", filled[polls - 1].started_at, why, _LOOK, polls)
    yield from _chrome(filled)


def _encoding(filled: Sequence[Poll]) -> Iterator[Finding]:
    found = find_break([(p.garbled or 0, p.filed) for p in filled], share=0.3, fewest=4)
    if found is not None:
        yield Finding(
            reason="encoding",
            severity="degraded",
            since=filled[found.polls - 1].started_at,
            why=f"{found.some} of the last {found.of} articles have signs in place of letters;"
            f" before it was {percent(found.some_before, found.of_before)}: its pages are written in"
            " another encoding than they say",
            advice="look at one (`copydesk articles --source {name}`) and at its page in a browser;"
            " where that shows it rightly, report it; else the site's operators have to mend it",
            polls=found.polls,
        )


def _cut(filled: Sequence[Poll]) -> Iterator[Finding]:
    found = find_break([(p.incomplete or 0, p.filed) for p in filled], share=0.4, fewest=_FEWEST)
    if found is not None:
        yield Finding(
            reason="paywall",
            severity="degraded",
            since=filled[found.polls - 1].started_at,
            why=f"{found.some} of the last {found.of} articles are cut off;"
            f" before it was {percent(found.some_before, found.of_before)}",
            advice=advice_for_page("paywall"),
            polls=found.polls,
        )


def _fields(filled: Sequence[Poll]) -> Iterator[tuple[int, str]]:
    for field in _FIELDS:
        found = find_break([(field.of(p) or 0, p.filed) for p in filled], share=0.5, fewest=_FEWEST)
        if found is not None:
            yield found.polls, _without(found, field.what)


def _without(found: Break, what: str) -> str:
    return (
        f"{found.some} of the last {found.of} articles have come without {what};"
        f" before it was {percent(found.some_before, found.of_before)}"
    )


def _length(filled: Sequence[Poll]) -> Iterator[tuple[int, str]]:
    """Texts that have become much shorter, by the mean of each poll."""
    found = _fall([log((poll.words or 0) / poll.filed + 1) for poll in filled], filled, _SHORTER)
    if found is not None:
        yield (
            found.polls,
            f"the last {found.articles} articles have {found.now:.0f} words on average;"
            f" before it was {found.before:.0f}",
        )


def _chrome(filled: Sequence[Poll]) -> Iterator[Finding]:
    """Lines of the site that are struck no more, or many more: for information, a site may tidy up."""
    amounts = [log((poll.struck or 0) / poll.filed + 1) for poll in filled]
    fewer = _fall(amounts, filled, _CHROME)
    found = fewer or _fall([-each for each in amounts], filled, _CHROME)
    if found is None or max(found.before, found.now) < _CHROME_LINES:
        return
    what = (
        "they stand in the texts now, or the site has dropped them"
        if fewer
        else "the site shows more of its own now, or text is struck with it"
    )
    yield Finding(
        reason="chrome",
        severity="note",
        since=filled[found.polls - 1].started_at,
        why=f"{found.now:.1f} lines an article are struck as the site's own, of the last"
        f" {found.articles} articles; before it was {found.before:.1f}: {what}",
        advice="look at one with `copydesk show NUMBER --struck`; `[extract] chrome` of the source"
        " file names lines to strike, `copydesk templates relearn {name}` learns its pages anew",
        polls=found.polls,
    )


@dataclass(frozen=True, slots=True)
class _Fall:
    """An amount an article that is another since so many polls."""

    polls: int
    articles: int
    now: float
    before: float


def _fall(amounts: Sequence[float], filled: Sequence[Poll], share: float) -> _Fall | None:
    """Whether ``amounts``, logarithms of each poll's mean, have fallen below ``share`` of what they were."""
    lately = articles = 0
    for amount, poll in zip(amounts, filled, strict=True):
        earlier = amounts[lately + 1 :]
        if len(earlier) < _LEAST_POLLS or exp(amount - fmean(earlier)) >= share:
            break
        lately, articles = lately + 1, articles + poll.filed
    before = amounts[lately:]
    if lately < 2 or articles < _FEWEST or len(before) < _LEAST_POLLS:
        return None
    now, usual = fmean(amounts[:lately]), fmean(before)
    spread = max(_LEAST_DEVIATION, stdev(before)) * sqrt(1 / lately + 1 / len(before))
    if exp(now - usual) >= share or (usual - now) / spread <= _DEVIATIONS:
        return None
    return _Fall(lately, articles, exp(abs(now)) - 1, exp(abs(usual)) - 1)
