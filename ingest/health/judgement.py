"""From what was found to a state: the worst of it, and steady where nothing has changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from ingest.health.amounts import delays, floods
from ingest.health.claims import claims_of_source
from ingest.health.endpoints import endpoints_of_source
from ingest.health.failing import failing
from ingest.health.pages import pages_in_vain, repeated_texts
from ingest.health.silence import silence_of_source
from ingest.health.state import HEALTHY, Finding, SourceHealth
from ingest.health.templates import templates_of_source
from ingest.health.texts import texts_of_source
from storage.health.evidence import Evidence

if TYPE_CHECKING:
    from ingest.rhythm.silence import Silence

__all__ = ["findings_of", "judge"]

_ORDER = ("broken", "degraded", "quiet", "note")


def judge(
    evidence: Evidence,
    kept: SourceHealth | None,
    silence: Silence | None,
    now: datetime,
    *,
    home: str = "",
) -> SourceHealth:
    """How the source is.

    Args:
        evidence: of it.
        kept: how it was when it was judged last; ``None`` where it never was.
        silence: how likely its silence is by its rhythm, where that is known.
        now: aware.
        home: its address, for the advice.
    """
    if evidence.paused_at is not None:
        return SourceHealth(
            "paused",
            evidence.paused_at,
            "paused",
            "somebody paused it: the daemon does not poll it",
            f"`copydesk resume {evidence.name}` has it polled again",
        )
    before = kept or HEALTHY
    found = [
        replace(each, advice=_named(each.advice, evidence.name, home))
        for each in _each_once(findings_of(evidence, before.reason, silence, now))
    ]
    found.sort(key=lambda each: (_ORDER.index(each.severity), each.reason != before.reason))
    chief = found[0] if found and found[0].severity != "note" else None
    if _says_nothing(evidence) and _is_better(chief, before):
        return before
    if chief is None or chief.severity == "note":
        since = before.since if before.state == "healthy" else now
        return SourceHealth("healthy", since, findings=tuple(found))
    same = before.state == chief.severity and before.reason == chief.reason
    since = before.since if same and before.since is not None else chief.since or now
    return SourceHealth(chief.severity, since, chief.reason, chief.why, chief.advice, tuple(found))


def _says_nothing(evidence: Evidence) -> bool:
    """Whether the last poll failed: it saw neither that a trouble goes on nor that it is over."""
    return bool(evidence.polls) and evidence.polls[0].has_failed


def _is_better(chief: Finding | None, before: SourceHealth) -> bool:
    if before.state not in _ORDER:
        return False
    return chief is None or _ORDER.index(before.state) < _ORDER.index(chief.severity)


def findings_of(
    evidence: Evidence, told: str | None, silence: Silence | None, now: datetime
) -> Iterable[Finding]:
    """All that is to be said of a source, what explains more before what it explains.

    ``told``: the reason that is told now.
    """
    yield from failing(evidence, told)
    yield from floods(evidence)
    yield from pages_in_vain(evidence)
    yield from endpoints_of_source(evidence, told)
    yield from silence_of_source(evidence, told, silence, now)
    yield from templates_of_source(evidence, now)
    yield from texts_of_source(evidence)
    yield from repeated_texts(evidence)
    yield from delays(evidence)
    yield from claims_of_source(evidence, now)


def _each_once(found: Iterable[Finding]) -> Sequence[Finding]:
    """Of several with one reason the worst, the first of those."""
    by_reason: dict[str, Finding] = {}
    for each in found:
        known = by_reason.get(each.reason)
        if known is None or _ORDER.index(each.severity) < _ORDER.index(known.severity):
            by_reason[each.reason] = each
    return list(by_reason.values())


def _named(advice: str, name: str, home: str) -> str:
    return advice.replace("{name}", name).replace("{home}", home or "its home page")
