"""Data that extraction works with: phrases and words as TOML, houses as tables. Edit these, not the code."""

from __future__ import annotations

import contextlib
import json
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from ingest.extract.user_cache import cached_file, write_whole

__all__ = ["keep_parsed", "load_data", "load_lines", "tables_in"]

_KEPT = "tables-1.json"
#: Tables that this process had to parse, by name: what ``keep_parsed`` keeps.
_parsed: dict[str, dict[str, Any]] = {}


@cache
def load_data(name: str) -> dict[str, Any]:
    """The table in ``NAME.toml`` of this folder.

    TOML is parsed by Python, JSON in C: what was parsed once is read from the user's cache folder as long
    as the file is of the same size and time.
    """
    kept = _kept().get(name)
    if kept is not None and kept[0] == _stamp(name):
        found: dict[str, Any] = kept[1]
        return found
    import tomllib

    text = resources.files("ingest.extract.data").joinpath(f"{name}.toml").read_text("utf-8")
    _parsed[name] = tomllib.loads(text)
    return _parsed[name]


def keep_parsed() -> None:
    """Keep the tables that were parsed, for the processes that start later; does nothing where it cannot."""
    place = cached_file(_KEPT) if _parsed else None
    if place is None:
        return
    made = {name: [_stamp(name), table] for name, table in _parsed.items()}
    with contextlib.suppress(OSError, ValueError, TypeError):
        write_whole(place, [json.dumps({**_kept(), **made}).encode()])


@cache
def _kept() -> dict[str, list[Any]]:
    place = cached_file(_KEPT)
    if place is not None:
        with contextlib.suppress(OSError, ValueError):
            found = json.loads(place.read_bytes())
            if isinstance(found, dict) and all(
                isinstance(entry, list) and len(entry) == 2 and isinstance(entry[1], dict)
                for entry in found.values()
            ):
                return found
    return {}


def _stamp(name: str) -> list[int | str]:
    """Where a table stands, its size and its time: those of another installation are other tables."""
    file = Path(__file__).with_name(f"{name}.toml")
    try:
        about = file.stat()
    except OSError:
        return [str(file), -1, -1]
    return [str(file), about.st_size, about.st_mtime_ns]


def tables_in(folder: str) -> list[str]:
    """The tables (``*.tsv``) of a folder in this one, in order of their names."""
    found = resources.files("ingest.extract.data").joinpath(folder).iterdir()
    return sorted(f"{folder}/{each.name}" for each in found if each.name.endswith(".tsv"))


def load_lines(name: str) -> list[str]:
    """The lines of a file of this folder, without empty ones and those that begin with ``#``."""
    text = resources.files("ingest.extract.data").joinpath(name).read_text("utf-8")
    return [line for line in text.splitlines() if line and line[0] != "#"]
