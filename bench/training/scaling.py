"""Log-odds made to say how often something is so (Platt, "Probabilistic outputs for support vector machines", 1999)."""

from __future__ import annotations

import math
from typing import Any

__all__ = ["calibrated", "logistic"]


def logistic(odds: list[float], truth: list[float]) -> tuple[float, float]:
    """The logistic curve through ``truth``, by Newton's method; labels softened as Platt does."""
    ones = sum(truth)
    high, low = (ones + 1) / (ones + 2), 1 / (len(truth) - ones + 2)
    target = [high if each else low for each in truth]
    slope, offset = 1.0, 0.0
    for _ in range(50):
        g0 = g1 = h00 = h01 = h11 = 0.0
        for x, wanted in zip(odds, target, strict=True):
            p = 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, slope * x + offset))))
            weight = max(p * (1 - p), 1e-9)
            g0, g1 = g0 + (p - wanted) * x, g1 + (p - wanted)
            h00, h01, h11 = h00 + weight * x * x, h01 + weight * x, h11 + weight
        whole = h00 * h11 - h01 * h01
        if whole <= 0:
            break
        slope -= (h11 * g0 - h01 * g1) / whole
        offset -= (h00 * g1 - h01 * g0) / whole
    return slope, offset


def calibrated(stored: dict[str, Any], slope: float, offset: float) -> dict[str, Any]:
    """The ensemble whose log-odds are ``slope`` times those of ``stored`` and ``offset``: a tree more."""
    value = [round(each * slope, 5) for each in stored["value"]]
    root = len(value)
    return {
        **stored,
        "roots": [*stored["roots"], root],
        "feature": [*stored["feature"], 0],
        "threshold": [*stored["threshold"], 0.0],
        "left": [*stored["left"], root],
        "right": [*stored["right"], root],
        "value": [*value, round(offset, 5)],
    }
