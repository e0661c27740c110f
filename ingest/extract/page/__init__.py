"""A page as its readers see it: elements, blocks, lines, JSON-LD, parsed once."""
