"""Who wrote it: where a page says so, and what speaks for each statement."""
