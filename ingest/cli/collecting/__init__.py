"""The commands that bring articles in: run, daemon, backfill, extract, clean, demo."""
