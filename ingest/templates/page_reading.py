"""One page by the templates of its source, else by the generic path; where asked, by both.

Runs in a worker: a template comes as its JSON and is read once for all pages of a source.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.extract import Refusal
from ingest.extract.extraction import extract_parsed, extract_text, text_of_body
from ingest.extract.page.html_page import HtmlPage
from ingest.extract.page_context import PageContext
from ingest.extract.parts.named_parts import named_parts
from ingest.templates.agreement import differences
from ingest.templates.applying import read_by_template
from ingest.templates.learning import NotLearned, learn, signature_of
from ingest.templates.reading_values import (
    Candidate,
    Example,
    Grown,
    Learned,
    Misfit,
    PackedExample,
    PageReading,
    unpack,
)
from ingest.templates.teaching.growing import grown, stated_text
from ingest.templates.teaching.searches import without_vain_searches
from ingest.templates.template import Template, is_of_newer_release
from storage.article import Article

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sources.source import Source

__all__ = ["learn_packed", "learn_template", "read_page"]


def read_page(
    body: bytes, about: PageContext, templates: Sequence[Candidate] = (), *, learns: bool = False
) -> PageReading:
    """Read one page.

    Args:
        body: as it came, content coding undone, gzipped or not.
        about: what is known of the page beside.
        templates: those of the source, the likeliest first.
        learns: whether the signature is wanted.
    """
    text = text_of_body(body, url=about.url, content_type=about.content_type)
    if isinstance(text, Refusal):
        return PageReading(text)
    if not text.is_html:
        return PageReading(extract_text(text.text, about))
    page = HtmlPage.parse(text.markup)
    misfits: list[tuple[str, Misfit]] = []
    fit: Article | None = None
    by: Candidate | None = None
    for candidate in templates:
        try:
            template = Template.of_json(candidate.rules)
        except ValueError:
            newer = is_of_newer_release(candidate.rules)
            misfits.append((candidate.label, Misfit("format", "newer" if newer else "")))
            continue
        name = f"template:{candidate.label}"
        read = read_by_template(page, template, about, name=name)
        if isinstance(read, Article):
            fit, by = read, candidate
            break
        misfits.append((candidate.label, read))
    label = by.label if by is not None else None
    if fit is not None and by is not None and not by.check:
        return PageReading(fit, label, tuple(misfits), parts=_parts(page, about, fit))
    if fit is not None:
        # The template's reading may have taken boxes out of the tree.
        page = HtmlPage.parse(text.markup)
    found = extract_parsed(page, about)
    differs: tuple[str, ...] = ()
    taken = found
    if fit is not None:
        differs = differences(fit, found, stated=stated_text(page))
        if not differs and by is not None and not by.trial:
            taken = fit
    generic = found if isinstance(found, Article) else None
    more = None
    if fit is None and generic is not None:
        lacking = [label for label, misfit in misfits if misfit.reason == "unknown_blocks"]
        growing = next((c for c in templates if c.grows and c.label in lacking), None)
        if growing is not None:
            whole = HtmlPage.parse(text.markup)
            more = _grown(whole, generic, growing, about)
    return PageReading(
        taken,
        label,
        tuple(misfits),
        checked=fit is not None,
        differs=differs,
        signature=signature_of(page, generic) if learns and generic is not None else None,
        generic=generic,
        parts=_parts(page, about, taken),
        grown=more,
    )


def _grown(
    page: HtmlPage, article: Article, candidate: Candidate, about: PageContext
) -> Grown | None:
    """What ``page`` teaches the template ``candidate``, which it does not fit."""
    template = grown(page, article, Template.of_json(candidate.rules), about)
    if template is None:
        return None
    return Grown(candidate.label, template.as_json(), template.support)


def _parts(page: HtmlPage, about: PageContext, found: Article | Refusal) -> tuple[str, ...]:
    """The further parts of ``found``, which is not complete where there are any."""
    if isinstance(found, Refusal) or found.complete or about.first_part is not None:
        return ()
    return tuple(named_parts(page, about.url).further.values())


def learn_template(
    examples: Sequence[Example],
    *,
    now: datetime,
    source: Source | None = None,
    known: str | None = None,
) -> Learned:
    """A template from ``examples``, tried on the same pages: those that it reads must not get worse.

    ``known``: rules of a template that other pages of the kind have taught, which it goes on from.
    """
    try:
        before = Template.of_json(known) if known is not None else None
    except ValueError:
        before = None
    try:
        template = learn(examples, now=now, source=source, known=before)
    except NotLearned as reason:
        return Learned(None, str(reason))

    def read(example: Example, template: Template) -> tuple[Article | Misfit, str | None]:
        page = HtmlPage.parse(example.html)
        about = PageContext(example.url, source=source, link=example.link, now=now)
        stated = stated_text(page)
        return read_by_template(page, template, about), stated

    fitting = []
    for example in examples:
        found, stated = read(example, template)
        if isinstance(found, Article):
            fitting.append((example, found, stated))
    plainer = without_vain_searches(
        template,
        [(found, example.article) for example, found, _ in fitting],
        lambda other: [
            again if isinstance(again := read(example, other)[0], Article) else None
            for example, _, _ in fitting
        ],
    )
    if plainer is not template:
        template = plainer
        fitting = [
            (example, found, stated)
            for example, _, stated in fitting
            if isinstance(found := read(example, template)[0], Article)
        ]
    fit, agreed = len(fitting), 0
    differing: set[str] = set()
    for example, found, stated in fitting:
        differs = differences(found, example.article, stated=stated)
        agreed += not differs
        differing.update(differs)
    if fit * 2 <= len(examples) or agreed * 4 < fit * 3:
        why = f"fits {fit} of its {len(examples)} pages and is right on {agreed}"
        return Learned(None, f"{why}: {', '.join(sorted(differing))}" if differing else why)
    return Learned(template, "", fit, agreed)


def learn_packed(
    packed: Sequence[PackedExample],
    *,
    now: datetime,
    source: Source | None = None,
    known: str | None = None,
) -> Learned:
    """As ``learn_template``, from pages as they are kept."""
    examples: list[Example] = []
    for each in packed:
        text = text_of_body(unpack(each), url=each.url, content_type=each.content_type)
        if not isinstance(text, Refusal):
            examples.append(Example(text.text, each.url, each.article, each.link))
    return learn_template(examples, now=now, source=source, known=known)
