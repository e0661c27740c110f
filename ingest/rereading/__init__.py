"""Reading kept pages again: with a better extractor, or to learn templates from."""
