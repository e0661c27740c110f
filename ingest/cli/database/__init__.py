"""``copydesk db``."""
