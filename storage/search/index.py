"""The search index: FTS5 on SQLite, a ``tsvector`` on PostgreSQL, both filled with our own tokens.

Both hold what ``storage.text.tokens`` makes of title, authors, credits and text, so one query finds the
same articles on either. Neither holds the text again: SQLite's table is contentless, so that a row
is taken out by giving its old values once more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import sqlalchemy as sa

from storage.engine.statements import on_server, run_many
from storage.text.searchable import Searchable
from storage.transaction import Transaction

__all__ = ["WEIGHTS", "index", "unindex"]

#: Fields of a query, and the weight class under which PostgreSQL keeps their tokens.
WEIGHTS = {"title": "A", "authors": "B", "credits": "C", "text": "D"}
#: Greatest position that a tsvector holds, and the room between two fields: no phrase spans them.
_LAST_POSITION, _ROOM = 16_383, 10

_ADD = "INSERT INTO article_search (rowid, title, text, authors, credits) VALUES (?, ?, ?, ?, ?)"
_REMOVE = sa.text(
    "INSERT INTO article_search (article_search, rowid, title, text, authors, credits)"
    " VALUES ('delete', :id, :title, :text, :authors, :credits)"
)
_ADD_VECTOR = (
    "INSERT INTO article_search (article_id, document) VALUES (?, CAST(? AS tsvector))"
    " ON CONFLICT (article_id) DO UPDATE SET document = excluded.document"
)


def index(transaction: Transaction, article_id: int, new: Searchable) -> None:
    """Let an article be found; on SQLite what was indexed of it before has to be taken out first."""
    # Last: whenever a later statement needs a savepoint of its own FTS5 writes out what it holds,
    # and another segment to merge.
    transaction.gather(_write_index, [(article_id, new)], last=True)


def _write_index(connection: sa.Connection, articles: Sequence[tuple[int, Searchable]]) -> None:
    if on_server(connection):
        run_many(connection, _ADD_VECTOR, [(number, _vector(what)) for number, what in articles])
    else:
        run_many(
            connection,
            _ADD,
            [
                (number, what.title, what.text, what.authors, what.credits)
                for number, what in articles
            ],
        )


def unindex(connection: sa.Connection, article_id: int, old: Searchable) -> None:
    """Take out of the index what an article was; ``old`` is exactly what was indexed."""
    if connection.dialect.name != "postgresql":
        connection.execute(_REMOVE, {"id": article_id, **_columns(old)})


def _columns(what: Searchable) -> dict[str, str]:
    return {name: getattr(what, name) for name in WEIGHTS}


def _vector(what: Searchable) -> str:
    """The tsvector's text: each token with its positions and weights."""
    places: defaultdict[str, list[str]] = defaultdict(list)
    position = 0
    for field, weight in WEIGHTS.items():
        letter = "" if weight == "D" else weight
        for token in getattr(what, field).split():
            position += 1
            if position > _LAST_POSITION:
                # Words of the end of a very long text are found, phrases there are not.
                places.setdefault(token, [f"{_LAST_POSITION}{letter}"])
            else:
                places[token].append(f"{position}{letter}")
        position += _ROOM
    # A token longer than this is no word, and the server would refuse it.
    return " ".join(
        f"'{token}':{','.join(found[:250])}" for token, found in places.items() if len(token) <= 500
    )
