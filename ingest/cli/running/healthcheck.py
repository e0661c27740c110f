"""``copydesk healthcheck``: 0 or 1, whatever is wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from ingest.deployment.healthcheck import look_alive
from ingest.errors import EXIT_INCOMPLETE, EXIT_OK, IngestError
from ingest.settings import load_settings
from sources.errors import SourcesError
from sources.secrets import without_secrets
from storage.errors import StorageError

__all__ = ["check_health"]


def check_health(config: Path | None, database: str | None) -> int:
    """Say in one line whether the daemon lives; containers know no other codes than these two."""
    try:
        settings = load_settings(config, database=database)
        found = look_alive(settings.database, datetime.now(UTC))
    except (IngestError, SourcesError, StorageError) as error:
        print(f"not alive: {without_secrets(str(error))}")
        return EXIT_INCOMPLETE
    print(found.said)
    return EXIT_OK if found.alive else EXIT_INCOMPLETE
