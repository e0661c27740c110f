"""The archive of a source: which pages a time has, fetched in turns, resumable."""
