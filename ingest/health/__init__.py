"""How a source is, judged from its own history: what is wrong, since when, and what to do."""
