"""Which sources there are to collect: added by address, switched on and off."""
