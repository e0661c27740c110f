"""Trying a site or a source before it is collected: its identity, endpoints, some of its articles."""
