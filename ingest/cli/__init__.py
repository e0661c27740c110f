"""The command line, ``copydesk``.

A folder is a group of commands: its ``app`` has their signatures and help, and beside it is the work
of each, imported when the command runs, so that ``copydesk --help`` loads neither database nor
extractor. ``app`` here puts the groups together and turns errors into exit codes.

What they share: ``commands`` (``-v``, ``-q`` and an example for each, from ``help_texts``),
``options``, ``completion`` of names, ``loudness``, ``terminal`` (width), ``invocation`` (how a hint
names this program), ``unknown_names`` and ``collected_sources``, ``logs`` (the daemon's).
"""

from __future__ import annotations

__all__ = ["main"]


def main() -> None:
    """Run the command line and exit with a documented code (``ingest/errors.py``)."""
    from ingest.cli.app import run

    raise SystemExit(run())
