"""The source file, the other way round: a source as the TOML that a person would write for it.

Only what differs from the defaults and from the platform's preset is written, so that
``parse_source(source_file_text(source)) == source`` for whatever ``parse_source`` returned.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import fields
from pathlib import Path

from tomlkit import item, string

from sources.errors import SourceFileError
from sources.platforms import load_platform, platform_endpoints
from sources.source import Endpoint, ExtractRules, Source
from sources.source_file import parse_source
from sources.times.duration import format_duration

__all__ = ["extract_table_text", "source_file_text", "write_source_file"]

#: Lists longer than this are written one entry a line, as in the rest of the project.
LONGEST_LINE = 100
#: Kinds of endpoint that are archives without saying so, and whose address may be a path.
_ARCHIVES = frozenset({"cdx", "warc", "folder"})
_ON_DISK = frozenset({"warc", "folder"})

_Value = str | int | float | bool | tuple[str, ...]


def source_file_text(source: Source, *, comment: str | None = None) -> str:
    """The source file of ``source``.

    Args:
        source: with its platform's preset applied or not; the text is the same.
        comment: what stands above it, a line of its own for each of its lines.
    """
    lines = _comment(comment)
    lines += _pairs(
        {
            "name": source.name,
            "title": source.title if source.title != source.name else None,
            "home": source.home,
            "language": source.language,
            "country": source.country,
            "platform": source.platform,
        }
    )
    for endpoint in _own_endpoints(source):
        lines += ["", "[[endpoint]]", *_endpoint(endpoint, source.path)]
    every = source.schedule.every
    lines += _table(
        "schedule",
        {
            "every": format_duration(every) if every else None,
            "cron": source.schedule.cron,
            "zone": source.schedule.zone,
        },
    )
    lines += _table("links", _links(source))
    fetch = source.fetch
    lines += _table(
        "fetch",
        {
            "delay": fetch.delay,
            "concurrency": fetch.concurrency,
            "allow_private": fetch.allow_private or None,
            "robots": None if fetch.robots else False,
            "proxy": fetch.proxy,
            "render": fetch.render or None,
            "user_agent": fetch.user_agent,
        },
    )
    if fetch.headers:
        lines += ["", "[fetch.headers]", *(f"{k} = {_text(v)}" for k, v in fetch.headers)]
    lines += _table("extract", _extract(source))
    return "\n".join(lines) + "\n"


def extract_table_text(rules: ExtractRules, *, comment: str | None = None) -> str:
    """The table ``[extract]`` with ``rules``, for a person to put into a source file.

    Args:
        rules: of one source, no preset applied.
        comment: what stands above it, a line of its own for each of its lines.
    """
    values = {field.name: getattr(rules, field.name) or None for field in fields(ExtractRules)}
    return "\n".join([*_comment(comment), "[extract]", *_pairs(values)]) + "\n"


def write_source_file(
    source: Source, path: Path, *, comment: str | None = None, replace: bool = False
) -> None:
    """Write the source file of ``source`` to ``path`` in one step, its folder made where missing.

    Raises:
        SourceFileError: ``path`` exists and ``replace`` is false, it cannot be written, or what
            would be written is no source file, which the message says.
    """
    text = source_file_text(source, comment=comment)
    parse_source(text, path=path)
    # A dot in front: the catalogue leaves it alone, should we be killed before the end.
    beside = path.with_name(f".{path.stem}-{os.getpid()}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        if replace:
            beside.replace(path)
        else:
            _move_to_new(beside, path)
    except (OSError, UnicodeEncodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "characters beyond Unicode"
        raise SourceFileError(f"{path}: cannot be written: {reason or error}") from None
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)


def _move_to_new(beside: Path, path: Path) -> None:
    try:
        # Unlike a rename, a link never replaces what came to be there in between.
        path.hardlink_to(beside)
        return
    except FileExistsError:
        taken = True
    except OSError:
        # A file system without hard links.
        taken = path.exists()
    if taken:
        raise SourceFileError(f"{path}: there is such a file already")
    beside.replace(path)


def _comment(text: str | None) -> list[str]:
    # Control characters have no place in a comment (TOML 1.0, "Comment").
    return [
        f"# {''.join(char if char.isprintable() else ' ' for char in line)}".rstrip()
        for line in (text or "").splitlines()
    ]


def _own_endpoints(source: Source) -> tuple[Endpoint, ...]:
    usual = tuple(platform_endpoints(source.platform, source.home))
    return () if source.endpoints == usual else source.endpoints


def _endpoint(endpoint: Endpoint, path: Path | None) -> list[str]:
    archive = endpoint.archive and endpoint.kind not in _ARCHIVES
    return _pairs(
        {
            "kind": endpoint.kind,
            "url": _endpoint_url(endpoint, path),
            "selector": endpoint.selector,
            "archive": archive or None,
            "replay": endpoint.replay,
        }
    )


def _endpoint_url(endpoint: Endpoint, path: Path | None) -> str:
    if endpoint.kind in _ON_DISK and "://" not in endpoint.url and path is not None:
        # As every path in a file, relative to the file.
        where = Path(endpoint.url)
        if where.is_relative_to(path.parent):
            return str(where.relative_to(path.parent))
    return endpoint.url


def _links(source: Source) -> dict[str, _Value | None]:
    links = source.links
    include, exclude = links.include, links.exclude
    if source.platform is not None:
        preset = load_platform(source.platform).links
        include = () if include == preset.include else include
        exclude = _own_part(exclude, preset.exclude)
    return {
        "include": include or None,
        "exclude": exclude or None,
        "hosts": links.hosts or None,
        "max_age": format_duration(links.max_age) if links.max_age else None,
    }


def _extract(source: Source) -> dict[str, _Value | None]:
    return {field.name: getattr(source.own, field.name) or None for field in fields(ExtractRules)}


def _own_part(merged: tuple[str, ...], preset: tuple[str, ...]) -> tuple[str, ...]:
    """The shortest beginning of ``merged`` that the preset completes to the whole."""
    # What the preset adds is at most the preset, so that no shorter beginning can do.
    for end in range(max(0, len(merged) - len(preset)), len(merged)):
        own = merged[:end]
        given = set(own)
        if merged[end:] == tuple(rule for rule in preset if rule not in given):
            return own
    return merged


def _table(name: str, values: dict[str, _Value | None]) -> list[str]:
    pairs = _pairs(values)
    return ["", f"[{name}]", *pairs] if pairs else []


def _pairs(values: dict[str, _Value | None]) -> list[str]:
    return [f"{key} = {_written(key, value)}" for key, value in values.items() if value is not None]


def _written(key: str, value: _Value) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, tuple):
        texts = [_text(entry) for entry in value]
        line = f"[{', '.join(texts)}]"
        if len(key) + len(line) + 3 <= LONGEST_LINE:
            return line
        return "[\n" + "".join(f"    {text},\n" for text in texts) + "]"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return item(value).as_string()


def _text(text: str) -> str:
    # Selectors are full of double quotes: '[data-hook="post"]' needs no backslash.
    literal = '"' in text and "'" not in text and text.isprintable()
    return string(text, literal=literal).as_string()
