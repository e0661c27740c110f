"""Which lines of a dump are the article: one run of lines mostly, with gaps that cost.

The likelihoods of the lines are read as one sequence (Viterbi): what stands before the text, the text,
gaps in it, what stands behind. A single line that looks like text amid a footer, or like a menu amid the
text, needs more to show for itself than its neighbours do.
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["text_of_odds"]

#: What it costs, in log-odds, to open a gap in the text, and each line of it.
_GAP, _LINE = 1.0, 0.02
#: No line is surer than this.
_SUREST = 5.0
_BEFORE, _TEXT, _WITHIN, _BEHIND = range(4)
_LEADS: tuple[tuple[tuple[int, float], ...], ...] = (
    ((_BEFORE, 0.0),),
    ((_TEXT, 0.0), (_BEFORE, 0.0), (_WITHIN, 0.0)),
    ((_WITHIN, _LINE), (_TEXT, _GAP)),
    ((_BEHIND, 0.0), (_TEXT, 0.0)),
)


def text_of_odds(odds: Sequence[float]) -> list[bool]:
    """Whether each line belongs to the text, by the log-odds of all."""
    if not odds:
        return []
    worth = [max(min(each, _SUREST), -_SUREST) for each in odds]
    best = [0.0, worth[0], float("-inf"), float("-inf")]
    came: list[tuple[int, ...]] = []
    for each in worth[1:]:
        step: list[int] = []
        after: list[float] = []
        for state, leads in enumerate(_LEADS):
            gain, origin = max((best[origin] - cost, -origin) for origin, cost in leads)
            after.append(gain + (each if state == _TEXT else 0.0))
            step.append(-origin)
        best = after
        came.append(tuple(step))
    state = max(range(4), key=lambda s: (best[s], s != _WITHIN))
    found = [state == _TEXT]
    for step_back in reversed(came):
        state = step_back[state]
        found.append(state == _TEXT)
    return found[::-1]
