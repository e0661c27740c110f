"""What extraction workers are asked to do: values that are sent there, and run there.

The extractor is loaded where a task runs, not where it is made.
"""

from __future__ import annotations

import pickle
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from ingest.extract.page_context import PageContext
    from ingest.extract.parts.joining import Part
    from ingest.extract.refusal import Refusal
    from ingest.templates.reading_values import Candidate, Learned, PackedExample, PageReading
    from sources.source import Source
    from storage.article import Article
    from storage.articles.prepared import PreparedArticle

__all__ = [
    "ExtractPage",
    "JoinParts",
    "LearnTemplate",
    "Parse",
    "ReadForFiling",
    "ReadPage",
    "ReadPart",
    "Task",
]

R_co = TypeVar("R_co", covariant=True)
R = TypeVar("R")


class Task(ABC, Generic[R_co]):
    """One piece of work; a frozen dataclass of a module, so that it can be sent to a worker."""

    __slots__ = ()

    #: Whether it goes before what waits.
    first: ClassVar[bool] = False
    #: Seconds of CPU that it may take; ``None`` for as many as a page.
    most_cpu: ClassVar[float | None] = None

    @property
    @abstractmethod
    def what(self) -> str:
        """What it is about, for messages: the address of a page."""

    @property
    def whose(self) -> str | None:
        """The name of the source that it is of, where it is of one."""
        return None

    @abstractmethod
    def run(self) -> R_co:
        """Do it. What it raises is told to who waits as ``ExtractionCrashed``."""


@dataclass(frozen=True, slots=True)
class ExtractPage(Task["Article | Refusal"]):
    """The article on a page by the generic path, or why it is none."""

    #: As it came, content coding undone, gzipped or not.
    body: bytes
    about: PageContext

    @property
    def what(self) -> str:
        """The page's address."""
        return self.about.url or "a page"

    @property
    def whose(self) -> str | None:
        """The source of the page."""
        return self.about.source.name if self.about.source is not None else None

    def run(self) -> Article | Refusal:
        """Extract."""
        from ingest.extract.extraction import extract_body

        return extract_body(self.body, self.about)

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return ExtractPage, (_apart(self.body, protocol), self.about)


@dataclass(frozen=True, slots=True)
class ReadPage(Task["PageReading"]):
    """A page by one of the templates of its source, else by the generic path, else by both."""

    #: As it came, content coding undone, gzipped or not.
    body: bytes
    about: PageContext
    #: The likeliest first.
    templates: tuple[Candidate, ...] = ()
    #: Whether the signature of its kind is wanted.
    learns: bool = True

    @property
    def what(self) -> str:
        """The page's address."""
        return self.about.url or "a page"

    @property
    def whose(self) -> str | None:
        """The source of the page."""
        return self.about.source.name if self.about.source is not None else None

    def run(self) -> PageReading:
        """Read."""
        from ingest.templates.page_reading import read_page

        return read_page(self.body, self.about, self.templates, learns=self.learns)

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return ReadPage, (_apart(self.body, protocol), self.about, self.templates, self.learns)


@dataclass(frozen=True, slots=True)
class ReadForFiling(Task["tuple[PreparedArticle | Refusal, PageReading]"]):
    """A reading, with what was found made ready for the store."""

    reading: ReadPage

    @property
    def what(self) -> str:
        """The page's address."""
        return self.reading.what

    @property
    def whose(self) -> str | None:
        """The source of the page."""
        return self.reading.whose

    def run(self) -> tuple[PreparedArticle | Refusal, PageReading]:
        """Read, and prepare."""
        from ingest.extract.chrome.site_lines import line_keys
        from ingest.extract.refusal import Refusal
        from storage.articles.prepared import prepare_article

        reading = self.reading.run()
        found = reading.found
        if isinstance(found, Refusal):
            return found, reading
        return prepare_article(found, line_keys(found)), reading

    def __reduce__(self) -> tuple[Any, ...]:
        return ReadForFiling, (self.reading,)


@dataclass(frozen=True, slots=True)
class ReadPart(Task["Part"]):
    """A further part of an article, by the generic path."""

    #: As it came, content coding undone, gzipped or not.
    body: bytes
    about: PageContext
    #: Address of the first part.
    begins_at: str

    @property
    def what(self) -> str:
        """The part's address."""
        return self.about.url or "a page"

    @property
    def whose(self) -> str | None:
        """The source of the page."""
        return self.about.source.name if self.about.source is not None else None

    def run(self) -> Part:
        """Read."""
        from ingest.extract.parts.joining import read_part

        return read_part(self.body, self.about, self.begins_at)

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return ReadPart, (_apart(self.body, protocol), self.about, self.begins_at)


@dataclass(frozen=True, slots=True)
class JoinParts(Task["PreparedArticle"]):
    """An article of its parts, made ready for the store."""

    article: Article
    parts: tuple[Part, ...]
    #: Whether none is missing.
    all_there: bool

    @property
    def what(self) -> str:
        """The article's address."""
        return self.article.url or "an article"

    @property
    def whose(self) -> str | None:
        """The source of the article."""
        return self.article.source

    def run(self) -> PreparedArticle:
        """Join, and prepare."""
        from ingest.extract.chrome.site_lines import line_keys
        from ingest.extract.parts.joining import join_parts
        from storage.articles.prepared import prepare_article

        whole = join_parts(self.article, self.parts, all_there=self.all_there)
        return prepare_article(whole, line_keys(whole))


@dataclass(frozen=True, slots=True)
class LearnTemplate(Task["Learned"]):
    """A template from pages of one kind, or why there is none.

    It goes before the pages that wait: what it learns makes them cheaper.
    """

    first = True
    #: Of some pages, each of which was read within its own time.
    most_cpu = 30.0

    examples: tuple[PackedExample, ...]
    #: Whose pages they are.
    source: Source | None
    #: The latest that a date may be.
    now: datetime
    #: Rules of a template of this kind that other pages have taught.
    known: str | None = None

    @property
    def what(self) -> str:
        """The name of the source."""
        return self.source.name if self.source is not None else "pages"

    @property
    def whose(self) -> str | None:
        """The source."""
        return self.source.name if self.source is not None else None

    def run(self) -> Learned:
        """Learn."""
        from ingest.templates.page_reading import learn_packed

        return learn_packed(self.examples, now=self.now, source=self.source, known=self.known)


@dataclass(frozen=True, slots=True)
class Parse(Task[R]):
    """Something else that a site sent: a document of an endpoint, its front page.

    It goes before the pages that wait: what it announces can be fetched meanwhile.
    """

    first = True

    #: Where it came from.
    url: str
    #: Of a module.
    function: Callable[..., R]
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    #: The name of the source that it is of.
    source: str | None = None

    @property
    def what(self) -> str:
        """The document's address."""
        return self.url

    @property
    def whose(self) -> str | None:
        """The source."""
        return self.source

    def run(self) -> R:
        """Parse."""
        return self.function(*self.args, **self.kwargs)


def _apart(body: bytes, protocol: int) -> bytes | pickle.PickleBuffer:
    """A body that goes behind the pickle as it is, without being copied into it (PEP 574)."""
    return pickle.PickleBuffer(body) if body and protocol >= 5 else body
