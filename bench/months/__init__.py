"""Months of operation in minutes: simulated publishers, a clock that does not wait."""
