"""What every text goes through on its way into the database, and how addresses are keyed there.

PostgreSQL refuses NUL characters and neither database can hold a lone surrogate; both come out of
broken pages. The column types of ``schema`` call these functions, so nothing gets past them.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

__all__ = ["MAX_KEY", "clean_text", "encode_json", "is_clean", "json_text", "stored_key"]

#: Longest key stored as it is, in bytes of UTF-8. PostgreSQL cannot index beyond about 2,700.
MAX_KEY = 1500


def is_clean(text: str) -> bool:
    """Whether :func:`clean_text` would leave ``text`` as it is."""
    if "\x00" in text:
        return False
    try:
        text.encode()  # ten times as quick as to search for surrogates
    except UnicodeEncodeError:
        return False
    return True


def clean_text(text: str) -> str:
    """``text`` without NUL; surrogate pairs joined, lone surrogates become U+FFFD."""
    if is_clean(text):
        return text
    text = text.replace("\x00", "")
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def json_text(value: Any) -> str:
    """``value`` as JSON text, non-ASCII readable, every string in it through :func:`clean_text`."""
    written = encode_json(value)
    if "\\u0000" in written or not is_clean(written):
        return encode_json(_clean(value))
    return written


#: A value whose strings are clean as JSON text, as the database holds it.
encode_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {_clean(key): _clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    return value


def stored_key(key: str) -> str:
    """``key`` as the database holds it: itself, or its head and its SHA-256 where it is too long."""
    key = clean_text(key)
    data = key.encode()
    if len(data) <= MAX_KEY:
        return key
    head = data[:400].decode("utf-8", "ignore")
    return f"{head}#sha256={hashlib.sha256(data).hexdigest()}"
