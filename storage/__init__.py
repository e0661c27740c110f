"""What do we have? The database that readers downstream rely on.

Here live the article as readers see it, the schema and its migrations, the one writer, and reading.
Not here: where articles come from (``sources``) and what a page says (``ingest``).

``Database`` opens one; everything else is a function of a connection, in a module named after the
table or question: ``endpoints``, ``links``, ``articles``, ``runs``, ``queries``. Values are in
``storage.article``, errors in ``storage.errors``; neither imports SQLAlchemy, nor does this face
until a name is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from storage.articles.saving import Saved, save_article
    from storage.database import Database
    from storage.links.documents import (
        EndpointRow,
        RecordedLinks,
        known_endpoints,
        record_document,
        record_endpoints,
        validators_for,
    )
    from storage.links.links import DueLink, NewLink, due_links, mark_fetched_failure, record_links
    from storage.publishers import record_source, set_next_due
    from storage.reading.queries import (
        ArticleSummary,
        LinkProblem,
        RevisionSummary,
        SourceStatus,
        StoredArticle,
        find_article,
        get_article,
        link_problems,
        list_articles,
        source_status,
    )
    from storage.runs import (
        RunCounts,
        close_interrupted,
        finish_run,
        finish_source,
        start_run,
        start_source,
    )
    from storage.writer import Writer

__all__ = [
    "ArticleSummary",
    "Database",
    "DueLink",
    "EndpointRow",
    "LinkProblem",
    "NewLink",
    "RecordedLinks",
    "RevisionSummary",
    "RunCounts",
    "Saved",
    "SourceStatus",
    "StoredArticle",
    "Writer",
    "close_interrupted",
    "due_links",
    "find_article",
    "finish_run",
    "finish_source",
    "get_article",
    "known_endpoints",
    "link_problems",
    "list_articles",
    "mark_fetched_failure",
    "record_document",
    "record_endpoints",
    "record_links",
    "record_source",
    "save_article",
    "set_next_due",
    "source_status",
    "start_run",
    "start_source",
    "validators_for",
]

_HOMES = {
    "articles": ("Saved", "save_article"),
    "database": ("Database",),
    "endpoints": (
        "EndpointRow",
        "RecordedLinks",
        "known_endpoints",
        "record_document",
        "record_endpoints",
        "validators_for",
    ),
    "links": ("DueLink", "NewLink", "due_links", "mark_fetched_failure", "record_links"),
    "publishers": ("record_source", "set_next_due"),
    "queries": (
        "ArticleSummary",
        "LinkProblem",
        "RevisionSummary",
        "SourceStatus",
        "StoredArticle",
        "find_article",
        "get_article",
        "link_problems",
        "list_articles",
        "source_status",
    ),
    "runs": (
        "RunCounts",
        "close_interrupted",
        "finish_run",
        "finish_source",
        "start_run",
        "start_source",
    ),
    "writer": ("Writer",),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Import a name of this face when it is first used."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
