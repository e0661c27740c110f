"""Several processes that collect, each with an event loop, a writer and extraction workers of its own."""
