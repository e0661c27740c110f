"""What a page says of its article: title, authors, times, image, labels, language."""
