"""The demo: a small web of invented papers on the loopback interface, and what is true of it.

``site_server`` serves sites by their Host header, ``sites`` reads them from ``fixtures/sites`` (in an
installed package ``ingest/demo/sites``), ``truth`` says which articles they hold and which of their
pages are none, ``sources`` are the source files that collect them. Tests and benchmarks use the same.
"""
