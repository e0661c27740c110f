"""Endpoints that hold whole pages, or say where copies of them are: WARC files, their indices, folders."""
