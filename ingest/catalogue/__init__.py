"""Which sources there are to collect: added by address, switched on and off.

``selection`` reads and writes what the operator has switched on; ``add`` names and files a source
that was found from an address.
"""

from __future__ import annotations

from ingest.catalogue.selection import (
    EXAMPLE_SOURCE,
    change_selection,
    load_catalogue,
    nothing_selected,
    selected_sources,
)

__all__ = [
    "EXAMPLE_SOURCE",
    "change_selection",
    "load_catalogue",
    "nothing_selected",
    "selected_sources",
]
