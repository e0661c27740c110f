"""Imported by the process that extraction workers are forked from: what it loads, they share."""

import gc

from ingest.allocator import keep_heap_small
from ingest.extract.extraction import warm_up

keep_heap_small()
warm_up()
# What is never collected is never touched for it: a worker's copy of a page of memory is one that
# all of them would otherwise hold.
gc.collect()
gc.freeze()
