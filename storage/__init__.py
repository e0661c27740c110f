"""What do we have? The database that readers downstream rely on.

Here live the article as readers see it, the schema and its migrations, the one writer, and reading.
Not here: where articles come from (``sources``) and what a page says (``ingest``).

``storage.database.Database`` opens one; everything else is a function of a connection, in the room
named after what it is about: ``articles``, ``links``, ``stories``, ``search``, ``pages``; ``reading``
asks, ``care`` looks after the whole. Values are in ``storage.article``, errors in
``storage.errors``; neither imports SQLAlchemy.
"""
