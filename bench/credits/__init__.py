"""Credits: labelled pages, made pages, and what the reader makes of them."""
