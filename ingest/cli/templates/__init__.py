"""``copydesk templates``."""
