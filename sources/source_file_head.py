"""The first lines of a source file, without checking the rest: what it takes to select sources."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

__all__ = ["country_and_language"]

#: Where the first table begins, behind which no key of the file itself may stand.
_TABLE = re.compile(r"^[ \t]*\[", re.MULTILINE)
_LARGEST = 1 << 20


def country_and_language(path: Path) -> tuple[str | None, str | None]:
    """What the source file at ``path`` says; nothing of one that cannot be read."""
    try:
        with path.open("rb") as file:
            text = file.read(_LARGEST).decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None, None
    table = _TABLE.search(text)
    for part in (text[: table.start()] if table else text, text):
        try:
            said = tomllib.loads(part)
        except tomllib.TOMLDecodeError:
            continue  # a list over several lines looks like a table
        country, language = said.get("country"), said.get("language")
        return (
            country if isinstance(country, str) else None,
            language if isinstance(language, str) else None,
        )
    return None, None
