"""Imported by the process that extraction workers are forked from: what it loads, they share."""

# What a worker's first pages ask for: read by a template, by the generic path and its second witness, filed.
import trafilatura  # noqa: F401

import ingest.templates.page_reading  # noqa: F401
import storage.articles.prepared  # noqa: F401
from ingest.extract.extraction import warm_up
from ingest.workers.allocator import collect_rarely, keep_heap_small

keep_heap_small()
warm_up()
# What is never looked at again is never touched: a worker's copy of a page of memory is one that all
# of them would otherwise hold.
collect_rarely()
