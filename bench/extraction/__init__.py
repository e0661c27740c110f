"""Copydesk, and its peers, over folders of labelled pages.

    python -m bench.extraction predict ../shared/corpus/aeb predictions.jsonl
    python -m bench.extraction compare ../shared/corpus/aeb ../shared/corpus/wcxb --markdown

A folder holds ``truth.jsonl`` or ``labels.jsonl`` (one object a line, of which only ``id``, ``url``
and ``page`` are read) and gzipped pages; quality is measured by the corpus' own ``score.py``.

    pages      what a folder lists, and which pages belong to one site
    copydesk   one page to one line of predictions; the state of a site is made here
    predict    Copydesk over a folder
    peers      who is compared, and the environment that each of them runs in
    running    one extractor over a folder in a process of its own, page after page
    scoring    what a corpus' ``score.py`` says
    tables     figures as text or as Markdown
    compare    all of it
    runners/   what runs inside a peer's environment: the standard library and the peer only
    pins/      every version in a peer's environment
"""
