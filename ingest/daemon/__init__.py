"""Every source on its schedule, for months."""
