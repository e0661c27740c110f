"""``copydesk add`` and ``copydesk sources``."""
