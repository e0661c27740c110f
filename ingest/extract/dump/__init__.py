"""Text dumps: what a browser's "copy all", a scraper or a converter left of a page."""
