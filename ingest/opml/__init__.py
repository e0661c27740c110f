"""Lists of feeds (OPML) in and out."""
