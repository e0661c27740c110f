"""What is out there, and what did it say?

The source file and its validation, the catalogue of publishers, presets of publishing platforms,
one module a kind of endpoint, and the polite HTTP client. What a page *says* is read in ``ingest``;
nothing here knows of extraction or of the database.

Others use: ``source`` (values), ``catalogue``, ``source_file``, ``platforms``, ``client``,
``endpoints``, ``address``, ``link``, ``page``, ``errors``.
"""
