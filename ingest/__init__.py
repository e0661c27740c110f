"""What does the page say, and when do we look again?

Extraction (metadata, body, chrome, credits), the pipeline of one source, the daemon and the command
line. This package drives; ``sources`` and ``storage`` stand below it and know nothing of each other.

Others use: ``extract`` (pages to articles), ``collect`` and ``run`` (the pipeline), ``cli``.
"""
