"""The catalogue: the publishers that ship, and the operator's own folder over them.

Shipped is not switched on; the operator's selection decides (``ingest/catalogue/selection.py``).
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Collection, Iterable
from importlib import resources
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from sources.address import registrable_domain
from sources.errors import SourceFileError, UnknownSource
from sources.source import Source

__all__ = ["Catalogue"]

#: Where the first table of a source file begins, behind which no key of the file itself may stand.
_TABLE = re.compile(r"^[ \t]*\[", re.MULTILINE)
_LARGEST = 1 << 20


class Catalogue:
    """Every source that is known, by name; each file is read when its source is asked for."""

    def __init__(
        self, files: dict[str, tuple[Path, bool]], problems: Iterable[SourceFileError]
    ) -> None:
        """Use ``load`` instead; ``files`` maps names to (path, whether it ships)."""
        self._files = files
        self._loaded: dict[str, Source | SourceFileError] = {}
        self._problems = list(problems)
        self._by_domain: dict[str, str] | None = None

    @classmethod
    def load(cls, folder: Path | None = None, *, check: bool = True) -> Self:
        """The shipped publishers with the operator's ``folder`` (and its subfolders) over them.

        ``check`` false: the operator's files are not read before they are asked for.

        A folder that does not exist counts as empty; files and subfolders whose names begin with
        a dot are left alone. An operator's file that is wrong spoils only its own source: see
        ``problems``.
        """
        files = {path.stem: (path, True) for path in _shipped()}
        problems: list[SourceFileError] = []
        own: dict[str, Path] = {}
        if folder is not None and folder.exists() and not folder.is_dir():
            problems.append(SourceFileError(f"{folder}: expected a folder of source files"))
        for path in _own(folder) if folder is not None else ():
            first = own.setdefault(path.stem, path)
            if first is not path:
                problems.append(
                    SourceFileError(
                        f"{path}: name: {path.stem!r} is taken by {first}; "
                        "rename one of the two (file and key)"
                    )
                )
        files |= {name: (path, False) for name, path in own.items()}
        catalogue = cls(files, problems)
        # The operator's own files are few and freshly typed: say at once what is wrong with them.
        for name in own if check else ():
            catalogue._read(name)
        return catalogue

    @property
    def problems(self) -> tuple[SourceFileError, ...]:
        """What is wrong with files read so far; those of the operator's folder are all read."""
        return tuple(self._problems)

    def names(self) -> tuple[str, ...]:
        """The names of all sources, sorted."""
        return tuple(sorted(self._files))

    def get(self, name: str) -> Source:
        """The source called ``name``.

        Raises:
            UnknownSource: there is none; the message names the nearest ones.
            SourceFileError: its file is wrong.
        """
        if name not in self._files:
            near = difflib.get_close_matches(name, self._files, 3)
            hint = f"did you mean {' or '.join(near)}?" if near else "there is none like it;"
            raise UnknownSource(f"no source {name!r}; {hint} see `copydesk sources list --all`")
        found = self._read(name)
        if isinstance(found, SourceFileError):
            raise found
        return found

    def all(self) -> list[Source]:
        """Every source whose file is right, by name."""
        found = (self._read(name) for name in self.names())
        return [source for source in found if isinstance(source, Source)]

    def select(
        self,
        names: Collection[str] = (),
        countries: Collection[str] = (),
        languages: Collection[str] = (),
        exclude: Collection[str] = (),
    ) -> list[Source]:
        """The sources named, of the countries or in the languages, less those excluded; by name.

        A source named whose file is wrong is left out: ``problems`` has it.

        Raises:
            UnknownSource: a name that no source has.
        """
        for name in (*names, *exclude):
            if name not in self._files:
                self.get(name)
        # Without a country or language to match, no other file need be read.
        pool = self.all() if countries or languages else []
        chosen = {s.name: s for s in pool if s.country in countries or s.language in languages}
        for name in names:
            found = self._read(name)
            if isinstance(found, Source):
                chosen[name] = found
        return [chosen[name] for name in sorted(chosen) if name not in exclude]

    def countries_and_languages(self) -> dict[str, tuple[str | None, str | None]]:
        """By name, what each file says of its source's country and language; no more of it is read."""
        return {name: _country_and_language(path) for name, (path, _) in self._files.items()}

    def source_of(self, url: str) -> Source | None:
        """The source whose home is on the same registrable domain as ``url``, if one is."""
        if self._by_domain is None:
            self._by_domain = {}
            for source in self.all():
                domain = registrable_domain(urlsplit(source.home).hostname or "")
                self._by_domain.setdefault(domain, source.name)
        try:
            host = urlsplit(url).hostname or ""
        except ValueError:
            return None
        name = self._by_domain.get(registrable_domain(host))
        return self.get(name) if name else None

    def _read(self, name: str) -> Source | SourceFileError:
        if name not in self._loaded:
            # Checking takes a library that whoever only wants names does without.
            from sources.source_file import load_source_file

            path, shipped = self._files[name]
            try:
                self._loaded[name] = load_source_file(path, shipped=shipped)
            except SourceFileError as error:
                self._loaded[name] = error
                self._problems.append(error)
        return self._loaded[name]


def _own(folder: Path) -> list[Path]:
    # Dot files are editors' (locks, swap files) and version control's.
    return sorted(
        path
        for path in folder.rglob("*.toml")
        if not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )


def _shipped() -> list[Path]:
    folder = resources.files("sources").joinpath("publishers")
    return sorted(Path(str(entry)) for entry in folder.iterdir() if entry.name.endswith(".toml"))


def _country_and_language(path: Path) -> tuple[str | None, str | None]:
    """What the source file at ``path`` says; nothing of one that cannot be read."""
    try:
        with path.open("rb") as file:
            text = file.read(_LARGEST).decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None, None
    table = _TABLE.search(text)
    for part in (text[: table.start()] if table else text, text):
        try:
            said = tomllib.loads(part)
        except tomllib.TOMLDecodeError:
            continue  # a list over several lines looks like a table
        country, language = said.get("country"), said.get("language")
        return (
            country if isinstance(country, str) else None,
            language if isinstance(language, str) else None,
        )
    return None, None
