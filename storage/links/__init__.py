"""Links and where they were announced: each address once, with what has become of it.

This is the status of everything that was ever heard of, beside the content in ``storage.articles``.
"""
