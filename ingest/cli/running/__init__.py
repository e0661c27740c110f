"""``copydesk doctor``, ``copydesk healthcheck``, and the unit of ``copydesk daemon --install-unit``."""
