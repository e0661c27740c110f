"""How the database is reached: where it is, its connections and their settings, column types, statements.

Nothing in here knows of articles; everything else in ``storage`` stands on it.
"""
