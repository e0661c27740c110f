"""From a page's bytes to an article, or to the reason why it is none.

    body ─ decode ─▶ text ─ parse ─▶ DOM ─┬─ metadata
                                          ├─ body: selectors, else block by block
                                          ├─ credits: read before anything is struck
                                          └─ chrome: struck, each line with its reason

Others use the functions here; nothing in this package touches the network or a database.
"""

from __future__ import annotations

from ingest.extract.extraction import extract_bytes, extract_page, extract_text, warm_up
from ingest.extract.refusal import Refusal

__all__ = ["Refusal", "extract_bytes", "extract_page", "extract_text", "warm_up"]
