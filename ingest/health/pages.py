"""Pages that bring nothing: none of them an article any more, or many more of them than before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from ingest.health.breaks import find_break
from ingest.health.causes import advice_for_page, is_passing
from ingest.health.chances import chance_of_share, dispersion_of_shares
from ingest.health.state import Finding
from ingest.health.words import percent
from storage.health.evidence import Evidence, Poll

__all__ = ["FEWEST_PAGES", "pages_in_vain", "repeated_texts"]

#: New pages in a row, none of them an article, at which nothing comes through, whatever was before.
FEWEST_PAGES = 10
#: Fewer are enough where that is so unlikely after what was before; polls that have to show it, and
#: where what is wrong may pass.
FEW_PAGES, UNLIKELY = 4, 1e-4
_POLLS, _PASSING_POLLS = 2, 3
#: Share of pages in vain that is told, where it was far less.
MANY = 0.3
#: Reasons of pages that are there and show nothing: where they used to be articles, their markup is
#: another.
_NOTHING_THERE = frozenset({"empty", "no_text", "script_shell"})
#: Share of texts that were filed before.
REPEATED = 0.5


def pages_in_vain(evidence: Evidence) -> Iterator[Finding]:
    """What is wrong with the pages that are looked at."""
    worked = evidence.worked
    run = _in_vain(worked)
    if run:
        finding = _nothing_comes(evidence, run)
        if finding is not None:
            yield finding
            return
    found = find_break([(p.bad, p.tried or 0) for p in worked], share=MANY, fewest=FEWEST_PAGES)
    if found is None:
        return
    lately, before = worked[: found.polls], worked[found.polls :]
    reason = _risen(lately, before)
    often = _reasons(lately)[reason]
    yield Finding(
        reason=_word(reason),
        severity="degraded",
        since=lately[-1].started_at,
        why=f"{found.some} of the last {found.of} new pages were no articles, {often} of them:"
        f" {reason}; before it was {percent(found.some_before, found.of_before)}",
        advice=advice_for_page(reason),
        polls=found.polls,
    )


def repeated_texts(evidence: Evidence) -> Iterator[Finding]:
    """Whether most of what comes is there already."""
    worked = evidence.worked
    counts = [(p.duplicate, p.filed + p.duplicate) for p in worked]
    found = find_break(counts, share=REPEATED, fewest=8)
    if found is None:
        return
    since = [p for p in worked if p.filed + p.duplicate][found.polls - 1].started_at
    yield Finding(
        reason="duplicates",
        severity="degraded",
        since=since,
        why=f"{found.some} of the last {found.of} texts had been filed before under another address;"
        f" before it was {percent(found.some_before, found.of_before)}",
        advice="compare two addresses of one article (`copydesk show ID`); what differs for no"
        " reason is left out by [links] exclude",
        polls=found.polls,
    )


def _in_vain(worked: Sequence[Poll]) -> Sequence[Poll]:
    for place, poll in enumerate(worked):
        if poll.bad < (poll.tried or 0) or poll.filed or poll.revised:
            return worked[:place]
    return worked


def _nothing_comes(evidence: Evidence, run: Sequence[Poll]) -> Finding | None:
    pages, since = sum(poll.tried or 0 for poll in run), run[-1].started_at
    reasons = _reasons(run)
    (reason, often), *_ = reasons.most_common(1) or [("unknown", pages)]
    if evidence.last_filed_at is None:
        if pages < FEWEST_PAGES:
            return None
        return Finding(
            reason,
            "note",
            since,
            f"none of the {pages} pages that were looked at was an article, {often} of them:"
            f" {reason}",
            advice_for_page(reason),
            len(run),
        )
    if pages < FEWEST_PAGES and not _is_unlikely(evidence.worked, run, reason):
        return None
    return Finding(
        _word(reason),
        "broken",
        since,
        f"nothing comes through any more: none of the last {pages} new pages was an article,"
        f" {often} of them: {reason}",
        advice_for_page(reason),
        len(run),
    )


def _is_unlikely(worked: Sequence[Poll], run: Sequence[Poll], reason: str) -> bool:
    pages = sum(poll.tried or 0 for poll in run)
    if len(run) < (_PASSING_POLLS if is_passing(reason) else _POLLS) or pages < FEW_PAGES:
        return False
    before = [(poll.bad, poll.tried or 0) for poll in worked[len(run) :]]
    bad, of = sum(b for b, _ in before), sum(n for _, n in before)
    return chance_of_share(pages, pages, bad, of, dispersion_of_shares(before)) < UNLIKELY


def _word(reason: str) -> str:
    """What is told where pages that were articles are refused for ``reason``."""
    return "markup" if reason in _NOTHING_THERE else reason


def _reasons(polls: Sequence[Poll]) -> Counter[str]:
    found: Counter[str] = Counter()
    for poll in polls:
        if poll.is_noted:
            found.update(poll.reasons)
        else:
            found["unknown"] += poll.bad
    return found


def _risen(lately: Sequence[Poll], before: Sequence[Poll]) -> str:
    """The reason whose share has risen most."""
    now, then = _reasons(lately), _reasons(before)
    of_now = sum(poll.tried or 0 for poll in lately) or 1
    of_then = sum(poll.tried or 0 for poll in before) or 1
    return max(now, key=lambda reason: (now[reason] / of_now - then[reason] / of_then, reason))
