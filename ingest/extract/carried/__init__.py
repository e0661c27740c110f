"""The text of an article where a page carries it beside what it shows: in its scripts, as data."""
