"""What is this page? An article, or why it is none: one decision from evidence.

    page, its blocks and their likelihoods, its address, its endpoint
      │  said · place · body_evidence · cells · page_evidence
      ▼
    evidence (one row of ``columns``) ─▶ model ─▶ decision ◀─ walls, by_source

``decision`` is the way of a page that is read anew, ``cheap`` that of one that a template fits.
"""
