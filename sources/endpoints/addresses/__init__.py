"""What an address says: whether it may be an article's, of which day, and which parameters number."""
