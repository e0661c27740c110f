"""The templates learned of each source, with what has been seen of them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa

from storage.schema import templates
from storage.upsert import insert_or_update

__all__ = ["TemplateRow", "forget_templates", "save_templates", "templates_of"]


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """One version of a template, as the table holds it."""

    source: str
    name: str
    version: int
    signature: str
    status: str
    rules: str
    support: int
    confidence: float
    checked: int
    agreed: int
    applied: int
    misfits: int
    made_at: datetime
    last_applied_at: datetime | None = None
    replaces: str | None = None
    reason: str | None = None


def templates_of(connection: sa.Connection, *sources: str) -> list[TemplateRow]:
    """The templates of ``sources``, of all where none is named; by source, the newest first."""
    query = sa.select(templates).order_by(
        templates.c.source, templates.c.made_at.desc(), templates.c.name, templates.c.version.desc()
    )
    if sources:
        query = query.where(templates.c.source.in_(sources))
    return [TemplateRow(**row._mapping) for row in connection.execute(query)]


def save_templates(connection: sa.Connection, rows: list[TemplateRow]) -> None:
    """Write ``rows``, new ones and changed ones."""
    for row in rows:
        values = asdict(row)
        keys = {name: values.pop(name) for name in ("source", "name", "version")}
        connection.execute(
            insert_or_update(connection, templates, list(keys), values), {**keys, **values}
        )


def forget_templates(connection: sa.Connection, source: str, name: str | None = None) -> int:
    """Delete the templates of ``source``, or those called ``name``; how many there were."""
    query = sa.delete(templates).where(templates.c.source == source)
    if name is not None:
        plain, _, version = name.partition("@")
        query = query.where(templates.c.name == plain)
        if version:
            query = query.where(templates.c.version == int(version))
    return connection.execute(query).rowcount
