"""Imported by the process that extraction workers are forked from: what it loads, they share."""

from ingest.extract.extraction import warm_up

warm_up()
