"""``copydesk alerts``."""
