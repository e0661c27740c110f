"""How the mistakes of a source file are told: one line with key, what was expected and found."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from sources.errors import SourceFileError
from sources.secrets import without_secrets
from sources.source import EndpointKind

__all__ = ["fault_of_file"]

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]{1,80}")

#: Keys whose values are not shown, right or wrong.
_SECRET = frozenset({"proxy", "headers"})

#: What was expected, by pydantic's name of the fault.
_EXPECTED = {
    "bool_type": "expected true or false",
    "float_type": "expected a number",
    "int_type": "expected a whole number",
    "literal_error": f"expected one of {', '.join(get_args(EndpointKind))}",
    "model_type": "expected a table",
    "dict_type": "expected a table of strings",
    "list_type": "expected a string or a list of strings",
    "string_type": "expected a string in quotes",
    "string_too_short": "expected some text",
}


def fault_of_file(
    where: str, error: ValidationError, tables: Mapping[str, type[BaseModel]]
) -> SourceFileError:
    """What pydantic found wrong with the file ``where``, in a person's words.

    Args:
        where: the file's name.
        error: what pydantic raised.
        tables: the models by the file's tables; ``""`` is the file itself.
    """
    faults = error.errors(include_url=False, include_context=False)
    told = [without_secrets(_fault(fault, tables)) for fault in faults]
    line = f"{where}: {told[0]}"
    if others := faults[1:]:
        keys = list(dict.fromkeys(_key(fault["loc"]) for fault in others))
        more = ", ..." if len(keys) > 10 else ""
        line += f" (and {len(others)} more: {', '.join(keys[:10])}{more})"
    return SourceFileError(line, tuple(told))


def _fault(fault: Any, tables: Mapping[str, type[BaseModel]]) -> str:
    location, kind = fault["loc"], fault["type"]
    key = _key(location)
    if kind == "extra_forbidden":
        return f"{key}: unknown key{_meant(location, tables)}"
    if kind == "missing":
        return f"{key}: missing; every {'endpoint' if len(location) > 1 else 'source'} needs it"
    if kind == "list_type" and location == ("endpoint",):
        return f"{key}: expected tables headed [[endpoint]], with two brackets, one an endpoint"
    if kind == "string_pattern_mismatch":
        expected = (
            "expected letters, digits and hyphens in a header's name"
            if location[-1] == "[key]"
            else "expected printable ASCII characters only"
        )
    else:
        message = fault["msg"].removeprefix("Value error, ")
        expected = _EXPECTED.get(kind) or message[0].lower() + message[1:]
    found = fault["input"]
    if any(part in _SECRET for part in location):
        return f"{key}: {expected}"
    if found is None or isinstance(found, dict) or ", found " in expected:
        return f"{key}: {expected}"
    # A date, say, tells nothing by its repr.
    return f"{key}: {expected}, found {str(found)[:80]!r}"


def _key(location: tuple[Any, ...]) -> str:
    """The key as TOML writes it: dotted, quoted where it must be, with an index in a list."""
    key = ""
    for part in location:
        if isinstance(part, int):
            key += f"[{part}]"
        elif part != "[key]":
            bare = part if _BARE_KEY.fullmatch(part) else json.dumps(part[:80])
            key += f".{bare}" if key else bare
    return key or "the file"


def _meant(location: tuple[Any, ...], tables: Mapping[str, type[BaseModel]]) -> str:
    """The hint behind an unknown key: a near one in its table, or the table where it belongs."""
    key, nested = str(location[-1])[:80], len(location) > 1
    if nested and key in tables[""].model_fields:
        return "; it belongs above the first table"
    here = tables[str(location[0]) if nested else ""].model_fields
    if near := difflib.get_close_matches(key, here, 1):
        return f"; did you mean {near[0]!r}?"
    for name, table in tables.items():
        if key in table.model_fields:
            return f"; it belongs in {'[[endpoint]]' if name == 'endpoint' else f'[{name}]'}"
    return f"; expected one of {', '.join(here)}"
