"""Links and where they were announced: each address once, with what has become of it.

This is the status of everything that was ever heard of, beside the content in ``storage.articles``.
A link is in one of these states:

``pending``     to be fetched
``planned``     to be fetched by a backfill
``failed``      to be tried again at ``next_attempt_at``
``done``        an article; looked at again at ``look_again_at``, conditionally, while it is young or
                where it was announced as modified
``duplicate``   the text of an article that another address has
``refused``     no article, or one that must not be fetched
``gone``        no page any more; an article of an earlier fetch stays
``given_up``    failed too often

``link`` has the values, ``recording`` makes links, ``due`` asks for those to fetch, ``settled`` says
that one brought an article and ``marks`` that it brought none. ``documents`` are what announced
them, ``backfills`` what was planned, ``address_shapes`` what their addresses have taught. Others use
the names below, and those three modules.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from storage.links.due import due_links, fetched_keys, get_link, links_of_keys, links_of_time
    from storage.links.link import DueLink, NewLink
    from storage.links.marks import mark_fetched_failure, mark_looked
    from storage.links.recording import RecordedLinks, record_links

__all__ = [
    "DueLink",
    "NewLink",
    "RecordedLinks",
    "due_links",
    "fetched_keys",
    "get_link",
    "links_of_keys",
    "links_of_time",
    "mark_fetched_failure",
    "mark_looked",
    "record_links",
]
_HOMES = {
    "DueLink": "link",
    "NewLink": "link",
    "RecordedLinks": "recording",
    "record_links": "recording",
    "mark_fetched_failure": "marks",
    "mark_looked": "marks",
}


def __getattr__(name: str) -> Any:
    """Import a name of this face when it is first used: a run with nothing to fetch needs few."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"storage.links.{_HOMES.get(name, 'due')}"), name)
