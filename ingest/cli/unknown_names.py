"""The error for a name that nothing has: of a source, a language, a kind."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from ingest.errors import SettingsError

__all__ = ["unknown_name"]

#: As many names are listed; of more, only the nearest are named.
_MOST_LISTED = 30


def unknown_name(what: str, given: str, known: Iterable[str]) -> SettingsError:
    """The error that says that there is no ``what`` called ``given``, and which one may be meant.

    Args:
        what: ``source``, ``language``, ``kind``, ...; of sources, the list is named that has them.
        given: as the operator wrote it.
        known: every name that there is.
    """
    names = sorted(set(known))
    near = difflib.get_close_matches(given, names, 3)
    if not near:
        # "DE" for "de", "Live_Blog" for "live_blog".
        near = [name for name in names if name.lower() == given.lower()]
    hint = f"did you mean {' or '.join(near)}?" if near else "there is none like it"
    if what == "source":
        return SettingsError(
            f"no source {given!r}; {hint}{'' if near else ';'} see `copydesk sources list --all`"
        )
    if not near and 0 < len(names) <= _MOST_LISTED:
        hint = f"expected one of {', '.join(names)}"
    return SettingsError(f"no {what} {given!r}; {hint}")
