"""Endpoints that hold whole pages, or say where copies of them are, for backfills.

WARC files (``warc``, over ``warc_records`` and ``warc_bytes``), folders of saved pages (``folder``), and
the indices of web archives (``cdx``). An ``archived_page`` is what the first two give.
"""
