"""What a message says: a subject, and plain sentences about each source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, tzinfo

from ingest.alerts.message import MOST_CHANGES, Message, Past, Told, fold, one_line, worst
from ingest.periods import duration
from storage.alerts import HealthChange

__all__ = ["alert", "trial_message"]

#: Sources that a text tells of in full; of the rest it says how many there are.
_MOST_TOLD = 50
_LONGEST_SUBJECT = 150
#: What is said of a source that has left a state for the better.
_WELL = {
    "broken": "works again",
    "degraded": "is well again",
    "quiet": "publishes again",
    "paused": "is collected again",
}


def alert(
    channel: str,
    changes: Sequence[HealthChange],
    now: datetime,
    *,
    zone: tzinfo | None,
    too_old: int = 0,
) -> Message:
    """The message on ``channel`` that tells ``changes``, of which there is at least one.

    ``zone``: in which times are told; the machine's own where left out. ``too_old``: how many more
    there were that nobody needs to hear of any more.
    """
    assert 0 < len(changes) <= MOST_CHANGES
    told = fold(changes)
    if len(told) == 1:
        subject, text = _headline(told[0]), _about(told[0], zone)
    else:
        subject, text = _counted(told), _list(told, zone)
    if too_old:
        text += f"\n\n{too_old} changes before that were noticed too long ago to be told."
    many = len(told) > 1
    name = "" if many else f" {told[0].source}"
    text += f"\n\nMore: `copydesk status{name}`"
    return Message(
        id=f"{channel}:{changes[0].id}-{changes[-1].id}",
        channel=channel,
        kind="alert",
        at=now,
        subject=(one_line(subject) or "")[:_LONGEST_SUBJECT],
        text=text,
        state=worst(told),
        changes=tuple(changes),
    )


def trial_message(channel: str, now: datetime, *, host: str) -> Message:
    """The message that `copydesk alerts test` sends from the machine ``host``."""
    return Message(
        id=f"{channel}:test-{now:%Y%m%dT%H%M%S}",
        channel=channel,
        kind="test",
        at=now,
        subject=f"Copydesk can be heard on {channel}",
        text=(
            f"This is a test of the channel {channel}, sent from {host} by `copydesk alerts test`."
            " Nothing is wrong; when a source breaks, it will be told here."
        ),
        state="healthy",
        changes=(),
    )


def _headline(told: Told) -> str:
    if told.over is not None and (told.passed or told.state == "healthy"):
        if told.passed:
            return (
                f"{told.source} was {told.over.state}{_for(told.over)}, and is {told.state} again"
            )
        return f"{told.source} {_WELL[told.over.state]}{_after(told.over)}"
    if told.state == "healthy":
        return f"{told.source} is healthy"
    cause = f": {told.reason.replace('_', ' ')}" if told.reason else ""
    return f"{told.source} is {told.state}{cause}"


def _about(told: Told, zone: tzinfo | None) -> str:
    """One source in sentences, a line each."""
    lines = []
    over = told.over
    if over is not None and (told.passed or told.state == "healthy"):
        said = (
            f"was {over.state} and is {told.state} again"
            if told.passed
            else _WELL.get(over.state, "is healthy")
        )
        lines.append(f"{told.source} {said}. It was {over.state} {_span(over, zone)}.")
        lines += [f"Why it was: {over.why}"] if over.why else []
    else:
        lines.append(f"{told.source} is {told.state}{_since(told, zone)}.")
    if told.state != "healthy":
        lines += [f"Why: {told.why}"] if told.why else []
        lines += [f"What to do: {told.advice}"] if told.advice else []
    if over is not None and not told.passed and told.state != "healthy":
        lines.append(f"It was {over.state} before, {_span(over, zone)}.")
        lines += [f"Why it was: {over.why}"] if over.why else []
    return "\n".join(lines)


def _counted(told: Sequence[Told]) -> str:
    kinds = Counter(
        ("fell and rose again" if each.passed else "well again")
        if each.over is not None and (each.passed or each.state == "healthy")
        else each.state
        for each in told
    )
    return f"{len(told)} sources: " + ", ".join(f"{n} {kind}" for kind, n in kinds.items())


def _list(told: Sequence[Told], zone: tzinfo | None) -> str:
    parts = [_about(each, zone) for each in told[:_MOST_TOLD]]
    if len(told) > _MOST_TOLD:
        left = [each.source for each in told[_MOST_TOLD:]]
        parts.append(f"And {len(left)} more: {', '.join(left[:_MOST_TOLD])}" + _dots(left))
    return "\n\n".join(parts)


def _dots(left: Sequence[str]) -> str:
    return ", ..." if len(left) > _MOST_TOLD else "."


def _since(told: Told, zone: tzinfo | None) -> str:
    if told.since is None:
        return ""
    ago = duration(max(0.0, (told.noticed - told.since).total_seconds()))
    noticed = "" if told.noticed == told.since else f", {ago} before it was noticed"
    return f" since {_time(told.since, zone)}{noticed}"


def _span(over: Past, zone: tzinfo | None) -> str:
    if over.since is None:
        return f"until {_time(over.until, zone)}"
    return f"from {_time(over.since, zone)} to {_time(over.until, zone)} ({_length(over)})"


def _for(over: Past) -> str:
    return f" for {_length(over)}" if over.since is not None else ""


def _after(over: Past) -> str:
    return f" after {_length(over)}" if over.since is not None else ""


def _length(over: Past) -> str:
    assert over.since is not None
    return duration(max(0.0, (over.until - over.since).total_seconds()))


def _time(at: datetime, zone: tzinfo | None) -> str:
    return at.astimezone(zone).strftime("%a %d %b %Y %H:%M %Z").strip()
