"""Raw pages, compressed and kept, so that they can be read again without a request."""
