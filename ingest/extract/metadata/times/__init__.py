"""When an article was published and changed: what is said of it, weighed."""
