"""From a page's bytes to an article, or to the reason why it is none.

    body ─ decode ─▶ text ─ parse ─▶ DOM ─┬─ metadata
                                          ├─ body: selectors, else block by block
                                          ├─ credits: read before anything is struck
                                          └─ chrome: struck, each line with its reason

Others use the functions here; nothing in this package touches the network or a database.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ingest.extract.extraction import extract_bytes, extract_page, extract_text, warm_up
    from ingest.extract.refusal import Refusal

__all__ = ["Refusal", "extract_bytes", "extract_page", "extract_text", "warm_up"]


def __getattr__(name: str) -> Any:
    """Import a name of this face when it is first used: the extractor is for the worker processes."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = "refusal" if name == "Refusal" else "extraction"
    return getattr(import_module(f"{__name__}.{home}"), name)
