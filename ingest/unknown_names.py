"""A name that nothing bears: said with what was probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from ingest.errors import SettingsError

__all__ = ["unknown_name"]

#: As many names are all told.
_FEW = 12
#: What lists the rest.
_LISTED_BY = {"source": "`copydesk sources list --all`"}


def unknown_name(what: str, given: str, known: Iterable[str]) -> SettingsError:
    """The error (exit code 3) for a ``what``, such as ``source``, that none of ``known`` is.

    Its text names what was given and the nearest that there are, or all where they are few.
    """
    names = sorted(set(known))
    # Capitals are no difference: "DE" for "de", "deu" for "DE".
    folded = {name.casefold(): name for name in names}
    near = [folded[name] for name in difflib.get_close_matches(given.casefold(), folded, 3)]
    if near:
        hint = f"did you mean {' or '.join(near)}?"
    elif names and len(names) <= _FEW:
        hint = f"known: {', '.join(names)}"
    else:
        hint = "there is none like it"
    if what in _LISTED_BY:
        hint += f"{'' if near else ';'} see {_LISTED_BY[what]}"
    return SettingsError(f"no {what} {given!r}; {hint}")
