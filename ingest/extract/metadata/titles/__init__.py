"""The title: where a page states it, in which wordings, and what speaks for each."""
