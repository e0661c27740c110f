"""What ``copydesk demo`` shows of its two passes, and what it says to do next."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.cli.invocation import own_command
from ingest.cli.terminal import output_width, wrapped
from ingest.run import total

if TYPE_CHECKING:
    from ingest.events import PageDone
    from ingest.run import RunReport
    from sources.source import Source

__all__ = ["print_next_steps", "print_passes", "print_tour"]

#: Of the tour: a site that is there, and a word of its articles.
_SITE = "http://www.highlanddispatch.example/"
_QUERY = "'winter ferry'"


def print_passes(
    sources: Sequence[Source],
    first: RunReport,
    second: RunReport,
    *,
    struck: Mapping[str, Counter[str]],
    credited: Mapping[str, Counter[str]],
    refused: Sequence[PageDone],
    statuses: Counter[int],
) -> None:
    """Print what both passes did, as wide as the terminal is.

    Args:
        sources: that were collected.
        first: report of the first pass.
        second: report of the second.
        struck: by source, how many lines were struck for which reason.
        credited: by source, to whom how many articles are credited.
        refused: pages of the first pass that gave no article.
        statuses: what the sites answered in the second pass.
    """
    width = output_width()
    print("First pass: what was filed, struck and credited\n")
    counts = {finished.source: finished.counts for finished in first.sources}
    widest = max(len(source.name) for source in sources)
    print(f"{'source':<{widest}}  filed  duplicate  refused  gone  robots  failed")
    for source in sources:
        done = counts[source.name]
        print(
            f"{source.name:<{widest}}  {done.filed:>5}  {done.duplicate:>9}"
            f"  {done.refused:>7}  {done.gone:>4}  {done.robots:>6}  {done.failed:>6}"
        )
        for label, counter in (
            ("struck", struck[source.name]),
            ("credited to", credited[source.name]),
        ):
            if counter:
                _print_wrapped(f"{label}: {_tops(counter)}", width, indent="  ")
    print("\nRefused, and why\n")
    for page in sorted(refused, key=lambda page: page.url):
        print(page.url)
        _print_wrapped(f"{page.outcome}, {page.reason}: {page.text}", width, indent="  ")
    for finished in (*first.failed, *second.failed):
        _print_wrapped(f"{finished.source}: failed: {finished.error}", width)
    again = total([finished.counts for finished in second.sources])
    answers = ", ".join(f"{n} x {status}" for status, n in sorted(statuses.items(), reverse=True))
    print("\nSecond pass\n")
    _print_wrapped(
        f"{again.filed} filed, {again.links_new} new links; the sites answered {answers}", width
    )


def _tops(counter: Counter[str]) -> str:
    return ", ".join(f"{number} {name}" for name, number in counter.most_common())


def _print_wrapped(text: str, width: int, *, indent: str = "") -> None:
    for line in wrapped(text, width, indent=indent, further=f"{indent}  "):
        print(line)


def print_next_steps(keep: Path, *, serving: bool) -> None:
    """Print commands that look around in the demo's database, and those for one's own site."""
    command = own_command()
    here = f"{command} --database {shlex.quote(str(keep))}"
    print("\nLook around in what was filed:\n")
    _print_commands(f"{here} articles", f"{here} show 1 --struck", f"{here} search {_QUERY}")
    print("\nYour own site: give any of its addresses, in the place of this one.\n")
    _print_commands(
        f"{command} add https://www.example.org", f"{command} run", f"{command} articles"
    )
    if not serving:
        print("\nThe same on the sites of this demo, without the internet:\n")
        _print_commands(f"{command} demo --serve")


def print_tour(folder: Path, hosts: Sequence[str]) -> None:
    """Print how the sites are reached from another terminal."""
    command = own_command(elsewhere=True)
    print("\nThe sites are up until Ctrl-C. In another terminal, line by line:\n")
    _print_commands(
        f"cd {shlex.quote(str(folder.absolute()))}",
        f"{command} add {_SITE}",
        f"{command} run",
        f"{command} articles",
        f"{command} show 1",
        f"{command} search {_QUERY}",
    )
    print("\nThe sites, each of which can be added:\n")
    for line in _sites(hosts):
        print(line)
    print(flush=True)


def _print_commands(*commands: str) -> None:
    # Never broken into lines: they are to be copied.
    for command in commands:
        print(f"  {command}")


def _sites(hosts: Sequence[str]) -> Iterator[str]:
    return (f"  http://{host}/" for host in hosts)
