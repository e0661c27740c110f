"""Imported by the process that collecting ones are forked from: what all of them ask for, loaded once.

Not by the first process, which does without some of it where nothing is new.
"""

import ingest.collectors.serving
import ingest.pipeline.filing  # noqa: F401
