"""Looking after a database: whether it holds together, how large it is, copying it."""
