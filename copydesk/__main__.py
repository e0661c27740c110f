"""``python -m copydesk``: the command line."""

from ingest.cli import main

# The guard matters: worker processes import this module.
if __name__ == "__main__":
    main()
