"""What endpoints announce: nothing, always something else, from elsewhere; or one of several fails."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import takewhile
from statistics import median

from ingest.health.causes import advice_for_poll, is_passing
from ingest.health.state import Finding
from ingest.health.words import times
from storage.health.evidence import Evidence, Poll
from storage.runs import EMPTY, GAP

__all__ = ["endpoints_of_source"]

#: Polls in a row at which an endpoint is told: all announce nothing; one of several; what may pass.
_EMPTY, _LASTING, _PASSING = 2, 3, 5
#: The last polls that are looked at for articles that went by, and at how many.
_RECENT, _GAPS = 10, 2
_FIND = "`copydesk add {home}` finds where articles are announced now"


def endpoints_of_source(evidence: Evidence, told: str | None) -> Iterator[Finding]:
    """What is wrong with the endpoints of passes that did not fail as a whole.

    ``told``: the reason that is told now.
    """
    polls = [poll for poll in evidence.polls if not poll.has_failed]
    if polls and polls[0] is evidence.polls[0]:
        empty = _empty(evidence, polls)
        if empty is not None:
            yield empty
        else:
            yield from _single(polls, told)
        yield from _gone_by(polls)
    for url, to in evidence.moved:
        yield Finding(
            reason="moved",
            severity="note",
            since=None,
            why=f"its endpoint {url} has moved to {to} for good",
            advice=f'write url = "{to}" into its source file',
        )


def _empty(evidence: Evidence, polls: Sequence[Poll]) -> Finding | None:
    """Whether all that it has announces nothing, though articles came."""
    run = list(takewhile(lambda poll: poll.announced == 0 and not poll.links_new, polls))
    if len(run) < _EMPTY or evidence.last_filed_at is None:
        return None
    named = " and ".join(sorted(run[0].troubles)) or "its endpoint"
    announced = next((p.announced for p in polls[len(run) :] if p.announced), None)
    before = f"; before it announced {times(announced, 'link')}" if announced else ""
    return Finding(
        reason=EMPTY,
        severity="broken",
        since=run[-1].started_at,
        why=f"{named} announces nothing any more, at {times(len(run), 'poll')} in a row{before}",
        advice=_FIND,
        polls=len(run),
    )


def _single(polls: Sequence[Poll], told: str | None) -> Iterator[Finding]:
    """One of several that fails, or announces nothing, while the others do not."""
    for url, trouble in polls[0].troubles.items():
        if trouble == GAP:
            continue
        run = list(takewhile(lambda poll: poll.troubles.get(url) not in (None, GAP), polls))  # noqa: B023
        needed = _PASSING if is_passing(trouble) and trouble != EMPTY else _LASTING
        earlier = polls[len(run) :]
        # Of one that was so at all polls that are known nobody can say that it was ever otherwise.
        if len(run) < needed or not (earlier or told == trouble):
            continue
        if trouble == EMPTY and earlier:
            usual = median(poll.announced or 0 for poll in earlier)
            if (polls[0].announced or 0) > 0.9 * usual:
                continue  # it never announced much
        said = "announces nothing any more" if trouble == EMPTY else f"fails ({trouble})"
        yield Finding(
            reason=trouble,
            severity="degraded",
            since=run[-1].started_at,
            why=f"{url} {said}, at {times(len(run), 'poll')} in a row; its other endpoints are read",
            advice=_FIND if trouble == EMPTY else advice_for_poll(trouble),
            polls=len(run),
        )


def _gone_by(polls: Sequence[Poll]) -> Iterator[Finding]:
    """Polls at which an endpoint announced nothing that was known: what stood between is missed."""
    recent = polls[:_RECENT]
    gaps = [poll for poll in recent if GAP in poll.troubles.values()]
    if not gaps:
        return
    urls = sorted({url for poll in gaps for url, what in poll.troubles.items() if what == GAP})
    announced = max(poll.announced or 0 for poll in gaps)
    lasting = len(gaps) >= _GAPS and gaps[0] in recent[: _RECENT // 2]
    yield Finding(
        reason="missed",
        severity="degraded" if lasting else "note",
        since=gaps[-1].started_at,
        why=f"at {len(gaps)} of the last {times(len(recent), 'poll')} none of the"
        f" {times(announced, 'link')} at {', '.join(urls)} was known: more appeared between two polls"
        " than it holds, and what stood between them was missed",
        advice="poll more often (daemon.fastest, [schedule] every), add its sitemap as an endpoint;"
        f" `copydesk backfill {{name}} --since {gaps[-1].started_at:%Y-%m-%d}` fetches what was missed",
        polls=len(gaps),
    )
