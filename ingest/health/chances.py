"""How likely what was seen lately is in a source that is as it was before.

Nothing is known of a source but its own history, which is short, and in which pages that belong
together fall together: a live blog's, a section's. So a share is not taken for its probability, but
for what it says of that (a beta distribution, Jeffreys' prior), and counts weigh less where they have
varied by more than chance (the dispersion of quasi-likelihood, McCullagh & Nelder, chapter 4).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, exp, lgamma, log, log1p, sqrt

__all__ = ["chance_of_none", "chance_of_share", "dispersion_of_counts", "dispersion_of_shares"]

#: Counts weigh no less than this share of themselves: one odd day must not blind for months.
MOST_DISPERSION = 4.0
#: Nor more than so many times themselves.
LEAST_DISPERSION = 0.4
#: The oddest of the polls before are left out: the first ones, a trouble that is over.
TRIMMED = 0.15


def chance_of_share(
    some: int, of: int, some_before: int, of_before: int, dispersion: float = 1.0
) -> float:
    """The chance of ``some`` or more out of ``of``, where before it was so many out of so many."""
    a = 0.5 + some_before / dispersion
    b = 0.5 + (of_before - some_before) / dispersion
    trials = max(1, round(of / dispersion))
    hits = min(trials, round(some / dispersion))
    if hits <= 0:
        return 1.0
    whole = _log_beta(a, b)
    total = 0.0
    for k in range(hits, trials + 1):
        total += exp(_log_choose(trials, k) + _log_beta(k + a, trials - k + b) - whole)
    return min(1.0, total)


def chance_of_none(seen: int, during: float, silence: float, dispersion: float = 1.0) -> float:
    """The chance that nothing comes during ``silence`` where ``seen`` came ``during`` before.

    Both times in the same unit. The rate is as uncertain as ``seen`` is small.
    """
    if during <= 0 or silence <= 0:
        return 1.0
    return exp(-(seen / dispersion) * log1p(silence / during))


def dispersion_of_shares(polls: Sequence[tuple[int, int]]) -> float:
    """By how much (some, of) of ``polls`` varied more than a share would by chance; 1 at least."""
    some, of = sum(s for s, _ in polls), sum(n for _, n in polls)
    share = (some + 0.5) / (of + 1)
    return _trimmed([(s - n * share) ** 2 / (n * share * (1 - share)) for s, n in polls if n])


def dispersion_of_counts(counts: Sequence[int]) -> float:
    """By how much ``counts`` varied more, or less, than those of independent events do.

    Less only as far as so few counts bear it out: some publish like a clock.
    """
    if not counts:
        return 1.0
    mean = (sum(counts) + 0.5) / len(counts)
    all_of_them = sum((count - mean) ** 2 / mean for count in counts) / max(1, len(counts) - 1)
    at_most = all_of_them * (1 + 2 * sqrt(2 / len(counts)))
    if at_most < 1:
        return max(at_most, LEAST_DISPERSION)
    return _trimmed([(count - mean) ** 2 / mean for count in counts])


def _trimmed(squares: list[float]) -> float:
    kept = sorted(squares)[: len(squares) - ceil(len(squares) * TRIMMED)]
    if len(kept) < 2:
        return 1.0
    return min(max(1.0, sum(kept) / (len(kept) - 1)), MOST_DISPERSION)


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def _log_choose(n: int, k: int) -> float:
    if k in (0, n):
        return 0.0
    if k == 1:
        return log(n)
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
