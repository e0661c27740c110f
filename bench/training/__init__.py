"""Grows what is learned (``ingest/extract/data/*_model.json``) from labelled pages, and measures it unseen."""
