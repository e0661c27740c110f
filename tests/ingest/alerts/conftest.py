"""Changes of a source's state as tests make them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from storage.alerts import HealthChange
from storage.database import Database
from storage.publishers import ensure_source
from storage.schema import health_changes
from tests.storage.conftest import (  # noqa: F401 - fixtures: a file, and a server
    database,
    filled_postgres,
    filled_sqlite,
    postgres_server,
    ready_address,
)

NOW = datetime(2026, 11, 27, 8, tzinfo=UTC)


def change(number: int = 1, **fields: Any) -> HealthChange:
    """A change that nobody says anything else of: a source breaks now."""
    given: dict[str, Any] = {
        "source": "gazette",
        "at": NOW,
        "before": "healthy",
        "state": "broken",
        "since": NOW - timedelta(hours=3),
        "reason": "login_wall",
        "why": "none of the last 12 new pages was an article, 12 of them: login_wall",
        "advice": "look at one of them with `copydesk extract URL --explain`",
        **fields,
    }
    return HealthChange(id=number, **given)


@pytest.fixture
def noted(database: Database) -> Callable[..., int]:  # noqa: F811 - the fixture
    """Put a change into the database; its number."""

    def note(**fields: Any) -> int:
        made = change(**fields)
        columns = {each.name for each in health_changes.columns} - {"id"}

        def insert(connection: sa.Connection) -> int:
            ensure_source(connection, made.source, made.at)
            values = {name: getattr(made, name) for name in columns}
            key = connection.execute(sa.insert(health_changes).values(values)).inserted_primary_key
            assert key is not None
            return int(key[0])

        return database.write(insert)

    return note
