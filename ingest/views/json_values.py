"""Values as JSON, the same wherever they leave: the fields of a dataclass are the keys.

Times are UTC and of one width, ``2026-11-20T06:00:00.000000Z``; an article is what
``storage.article.Article.as_json`` makes of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any

from storage.article import Article
from storage.engine.moments import utc_text

__all__ = ["json_line", "json_object", "json_value"]


def json_object(value: Any) -> dict[str, Any]:
    """A dataclass as a JSON object."""
    if isinstance(value, Article):
        return value.as_json()
    return {each.name: json_value(getattr(value, each.name)) for each in fields(value)}


def json_value(value: Any) -> Any:
    """A field of one: dataclasses, times, tuples, mappings and what JSON has itself."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, tuple | list):
        return [json_value(each) for each in value]
    if isinstance(value, Mapping):
        return {name: json_value(each) for name, each in value.items()}
    if is_dataclass(value):
        return json_object(value)
    raise TypeError(f"no JSON for {value!r}")


def json_line(value: Mapping[str, Any]) -> str:
    """An object on one line, letters as they are, but for those that a terminal would obey."""
    return _OBEYED.sub(lambda sign: f"\\u{ord(sign[0]):04x}", _ENCODER.encode(value))


#: Control characters that JSON lets stand (the others it escapes), and overrides of direction.
_OBEYED = re.compile("[\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_ENCODER = json.JSONEncoder(ensure_ascii=False, default=json_value)
