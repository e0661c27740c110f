"""The templates learned of each source, with what has been seen of them.

Several processes may work on one source: each adds what it has counted since it wrote last, a status
only ever moves on, and a name and version are never given to a second template.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime

import sqlalchemy as sa

from storage.engine.upsert import insert_ignoring
from storage.schema import articles, templates

__all__ = [
    "ON_TRIAL",
    "STATUSES",
    "Counts",
    "TemplateRow",
    "articles_since",
    "forget_templates",
    "save_templates",
    "templates_of",
]

#: In the order in which a template may pass through them; ``dropped`` and ``forgotten`` ones are rows
#: that keep their name from being given again.
STATUSES = ("trial", "active", "doubted", "dropped", "forgotten")
#: How the reason ends of one that was doubted before it was ever believed.
ON_TRIAL = "when it was on trial"


@dataclass(frozen=True, slots=True)
class Counts:
    """What was seen of a template, in pages."""

    checked: int = 0
    agreed: int = 0
    applied: int = 0
    misfits: int = 0

    def since(self, earlier: Counts) -> Counts:
        """What has come to ``earlier``."""
        return Counts(
            **{
                each.name: getattr(self, each.name) - getattr(earlier, each.name)
                for each in fields(self)
            }
        )


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

    @property
    def label(self) -> str:
        """``article@2``."""
        return f"{self.name}@{self.version}"

    @property
    def counts(self) -> Counts:
        """What was seen of it."""
        return Counts(**{each.name: getattr(self, each.name) for each in fields(Counts)})


def templates_of(
    connection: sa.Connection, *sources: str, with_rules: bool = True
) -> list[TemplateRow]:
    """The templates of ``sources``, of all where none is named; by source, the newest first.

    ``with_rules`` false leaves out the rules, by far the most of it.
    """
    columns = [
        column if with_rules or column.name != "rules" else sa.literal("").label("rules")
        for column in templates.c
    ]
    query = sa.select(*columns).order_by(
        templates.c.source, templates.c.made_at.desc(), templates.c.name, templates.c.version.desc()
    )
    if sources:
        query = query.where(templates.c.source.in_(sources))
    return [TemplateRow(**row._mapping) for row in connection.execute(query)]


def save_templates(
    connection: sa.Connection, news: Sequence[tuple[TemplateRow, Counts | None]]
) -> list[int]:
    """Write what one process knows of some templates.

    Args:
        connection: of the writer.
        news: each template with its counts when the process wrote or read it last: what has come to
            them since is added to the table's. ``None`` for one of which the table has no row yet.

    Returns the version of each: the next free one where another process took a new one's.
    """
    versions = []
    for row, written in news:
        if written is None:
            versions.append(_insert(connection, row))
        else:
            _update(connection, row, row.counts.since(written))
            versions.append(row.version)
    return versions


def _insert(connection: sa.Connection, row: TemplateRow) -> int:
    values = asdict(row)
    while True:
        # rowcount is not told of by every driver where a conflict is passed over.
        query = insert_ignoring(connection, templates).returning(templates.c.version)
        stored: int | None = connection.execute(query, values).scalar()
        if stored is not None:
            return stored
        values["version"] = (
            1
            + connection.execute(
                sa.select(sa.func.max(templates.c.version)).where(
                    templates.c.source == row.source, templates.c.name == row.name
                )
            ).scalar_one()
        )


def _update(connection: sa.Connection, row: TemplateRow, added: Counts) -> None:
    here = sa.update(templates).where(
        templates.c.source == row.source,
        templates.c.name == row.name,
        templates.c.version == row.version,
    )
    seen: dict[str, object] = {
        name: templates.c[name] + number for name, number in asdict(added).items() if number
    }
    if added.checked:
        seen["confidence"] = row.confidence
    if added.applied and row.last_applied_at is not None:
        seen["last_applied_at"] = row.last_applied_at
    if seen:
        connection.execute(here.values(seen))
    # What one process doubts, or an operator forgets, another does not believe again.
    earlier = STATUSES[: STATUSES.index(row.status)]
    if earlier:
        connection.execute(
            here.where(templates.c.status.in_(earlier)).values(
                status=row.status, replaces=row.replaces, reason=row.reason
            )
        )


def forget_templates(connection: sa.Connection, source: str, name: str | None = None) -> list[str]:
    """Delete the templates of ``source``, or those called ``name`` (``article`` or ``article@2``).

    Their rows stay without rules, so that articles that name them never name another template.
    Returns the names with versions of those that there were.
    """
    here = templates.c.source == source
    if name is not None:
        plain, _, version = name.partition("@")
        here &= templates.c.name == plain
        if version:
            here &= templates.c.version == (int(version) if version.isdecimal() else -1)
    here &= templates.c.status != "forgotten"
    found = connection.execute(
        sa.select(templates.c.name, templates.c.version)
        .where(here)
        .order_by(templates.c.name, templates.c.version)
    ).all()
    if found:
        connection.execute(sa.update(templates).where(here).values(status="forgotten", rules=""))
    return [f"{row.name}@{row.version}" for row in found]


def articles_since(connection: sa.Connection, source: str, moment: datetime) -> tuple[int, int]:
    """(articles of ``source`` filed after ``moment``, how many of them templates made).

    Those that the source file's own selectors made count for neither.
    """
    by_template = articles.c.extractor.startswith("template:")
    row = connection.execute(
        sa.select(
            sa.func.count(), sa.func.coalesce(sa.func.sum(sa.case((by_template, 1), else_=0)), 0)
        ).where(
            articles.c.source == source,
            articles.c.filed_at > moment,
            articles.c.extractor != "source",
        )
    ).one()
    return row[0], row[1]
