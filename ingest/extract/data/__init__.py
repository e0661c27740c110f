"""Data that extraction works with, as TOML: phrases, agencies, outlets. Edit these, not the code."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any

__all__ = ["load_data"]


@cache
def load_data(name: str) -> dict[str, Any]:
    """The table in ``NAME.toml`` of this folder."""
    text = resources.files("ingest.extract.data").joinpath(f"{name}.toml").read_text("utf-8")
    return tomllib.loads(text)
