"""Tests of ``bench.credits``."""
