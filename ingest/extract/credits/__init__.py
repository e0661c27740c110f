"""Whom a text is credited to, beyond its byline."""
