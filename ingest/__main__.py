"""``python -m ingest``: the command line, for where the ``copydesk`` script is not on the path."""

from ingest.cli import main

# The guard matters: worker processes import this module.
if __name__ == "__main__":
    main()
