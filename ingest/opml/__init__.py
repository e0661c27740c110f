"""Lists of feeds (OPML) in and out.

``document`` is the form: XML to a list of feeds and back. ``sources`` says which source files the
feeds of a list make, and which feeds the sources have.
"""

from __future__ import annotations

from ingest.opml.document import LARGEST_OPML, OpmlFeed, read_opml, write_opml
from ingest.opml.sources import feeds_of, sort_feeds

__all__ = ["LARGEST_OPML", "OpmlFeed", "feeds_of", "read_opml", "sort_feeds", "write_opml"]
