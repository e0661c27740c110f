"""What an operator can put right."""

from __future__ import annotations


class Mistake(Exception):
    """Told in one line, without a traceback; the command ends with 2."""
