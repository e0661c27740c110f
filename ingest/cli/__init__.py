"""The command line, ``copydesk``.

``app`` holds every command's signature and help; the work of each is in a module of its own here,
imported when the command runs, so that ``copydesk --help`` loads neither database nor extractor.
"""

from __future__ import annotations

__all__ = ["main"]


def main() -> None:
    """Run the command line and exit with a documented code (``ingest/errors.py``)."""
    from ingest.cli.app import run

    raise SystemExit(run())
