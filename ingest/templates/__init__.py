"""Templates: where a source keeps each part of its articles, learned from its own pages.

    pages + what the generic path made of them ─ learning ─▶ template ─ reading ─▶ article
                                                                │
                                 shelf: versions, confidence, drift, what is learned next

A template is applied with selectolax alone. Whatever does not fit it is read by the generic path.
"""
