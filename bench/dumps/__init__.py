"""Text dumps of labelled pages, as scrapers make them: read by the command line, scored like pages.

    python -m bench.dumps [FOLDER ...] [--corpus ../shared/corpus] [--held-out MODELS] [--sites 4]

The dumps of each corpus folder are made anew by the corpus' own ``make_dumps.py``, in a temporary folder,
read by ``copydesk extract --json``, and scored by its ``score.py``. With ``--held-out`` they are read in this
process with models of ``python -m bench.training grow MODELS`` that have not seen the site of each: the
figures that a stranger's dump will see. With ``--sites N`` each site with N dumps and more is a source of
its own: its dumps are filed by ``copydesk backfill --via folder`` and cleaned by ``copydesk clean``, as an
operator would, and what is in the database is scored (with ``--held-out`` the same steps in this process).
"""
