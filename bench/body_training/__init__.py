"""Grows the trees of ``ingest/extract/data/body_model.json`` from labelled pages."""
