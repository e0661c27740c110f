"""What ``copydesk status SOURCE`` says beyond the overview: all its links, and those that failed last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ingest.cli.terminal import wrapped

if TYPE_CHECKING:
    from ingest.views.template_health import TemplateNote
    from storage.reading.queries import LinkProblem, SourceStatus
    from storage.reading.wrong_claims import WrongClaims

__all__ = ["detail_lines"]


def detail_lines(
    counts: SourceStatus,
    claims: WrongClaims | None,
    notes: Sequence[TemplateNote],
    problems: Sequence[LinkProblem],
    width: int,
) -> Iterator[str]:
    """The lines, as wide as that."""
    for said in (
        _links(counts),
        *([claims.sentence] if claims is not None else []),
        *(note.sentence for note in notes),
        *map(_problem, problems),
    ):
        yield from wrapped(f"{counts.name}: {said}", width)


def _links(counts: SourceStatus) -> str:
    links = ", ".join(
        f"{number} {state.replace('_', ' ')}" for state, number in sorted(counts.links.items())
    )
    return f"{counts.articles} articles; links: {links or 'none'}"


def _problem(problem: LinkProblem) -> str:
    again = f", again {problem.next_attempt_at:%Y-%m-%d %H:%M}" if problem.next_attempt_at else ""
    likely = f", an article to {problem.probability:.2f}" if problem.probability is not None else ""
    return (
        f"{problem.state}: {problem.reason}: {problem.detail or ''}{likely} <{problem.url}>{again}"
    )
