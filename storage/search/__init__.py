"""Searching what is filed: one query language, one index a database."""
