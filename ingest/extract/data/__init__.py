"""Data that extraction works with: phrases and words as TOML, houses as tables. Edit these, not the code."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any

__all__ = ["load_data", "load_lines", "tables_in"]


@cache
def load_data(name: str) -> dict[str, Any]:
    """The table in ``NAME.toml`` of this folder."""
    text = resources.files("ingest.extract.data").joinpath(f"{name}.toml").read_text("utf-8")
    return tomllib.loads(text)


def tables_in(folder: str) -> list[str]:
    """The tables (``*.tsv``) of a folder in this one, in order of their names."""
    found = resources.files("ingest.extract.data").joinpath(folder).iterdir()
    return sorted(f"{folder}/{each.name}" for each in found if each.name.endswith(".tsv"))


def load_lines(name: str) -> list[str]:
    """The lines of a file of this folder, without empty ones and those that begin with ``#``."""
    text = resources.files("ingest.extract.data").joinpath(name).read_text("utf-8")
    return [line for line in text.splitlines() if line and line[0] != "#"]
