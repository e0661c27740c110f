"""The language of a text: as declared, unless the text itself clearly says otherwise."""

from __future__ import annotations

__all__ = ["language_of"]

#: Characters that a detection needs to be trusted against a declaration.
ENOUGH = 200
SAMPLE = 1500


def language_of(text: str, declared: str | None) -> str | None:
    """ISO 639-1 code, lower case, or ``None`` where neither page nor text says."""
    sample = text[:SAMPLE]
    if len(sample) < (ENOUGH if declared else 40):
        return declared
    import py3langid

    detected, _ = py3langid.classify(sample)
    if declared is None or detected == declared:
        return str(detected)
    return _contradiction(sample, declared, str(detected))


def _contradiction(sample: str, declared: str, detected: str) -> str:
    """Templates declare the wrong language often, detectors mistake neighbours (no, da, nb, sv)."""
    kin = (
        {"no", "nb", "nn", "da", "sv"},
        {"hr", "sr", "bs", "sl"},
        {"id", "ms"},
        {"cs", "sk"},
        {"es", "gl", "pt", "ca"},
        {"ru", "uk", "bg", "be", "mk"},
        {"zu", "xh", "st", "tn"},
        {"af", "nl"},
    )
    if any(declared in group and detected in group for group in kin):
        return declared
    import py3langid

    votes = [
        py3langid.classify(sample[start : start + len(sample) // 3])[0]
        for start in (0, len(sample) // 3, 2 * len(sample) // 3)
    ]
    return detected if all(vote == detected for vote in votes) else declared
