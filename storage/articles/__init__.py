"""Articles in their tables: filed once, revised when their publisher changes them, cleaned, indexed.

The face is looked up when it is used: extraction workers prepare articles for the store
(``prepared``), and need nothing of the database for it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from storage.articles.saving import OWN_ADDRESS, Saved, save_article

__all__ = ["OWN_ADDRESS", "Saved", "save_article"]


def __getattr__(name: str) -> Any:
    """Import a name of this face when it is first used."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("storage.articles.saving"), name)
