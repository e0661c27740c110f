"""Articles in their tables: filed once, revised when their publisher changes them, cleaned, indexed."""
