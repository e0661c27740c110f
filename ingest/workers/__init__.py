"""Extraction on every core: processes that can die or hang without stopping the run."""
