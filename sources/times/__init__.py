"""Times as people write them in source files and settings: durations, crontabs."""
