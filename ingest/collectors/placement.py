"""Which process collects which source, so that each host is asked by one process alone.

Sources of one site share a process, for the limits of a host are kept by the client of a process.
What a process asks of a host that is none of its sources' own, because a link or a redirect led
there, goes by ``sources.client.shared_hosts``.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from sources.client.shared_hosts import site_of_host
from sources.source import Source

__all__ = ["Placement"]


class Placement:
    """Sources by process, numbered from 0; a site stays where it was put."""

    def __init__(self, processes: int) -> None:
        """Nothing is placed yet."""
        self._of: dict[str, int] = {}
        #: Passes at work, and sites placed, of each process.
        self._active = [0] * processes
        self._sites = [0] * processes

    def place(self, source: Source) -> int:
        """The process that is to collect ``source`` next; it counts as at work until ``left``."""
        site = site_of_host(urlsplit(source.home).hostname or source.name)
        number = self._of.get(site)
        if number is None:
            # One browser is enough.
            number = 0 if source.fetch.render else self._idlest()
            self._of[site] = number
            self._sites[number] += 1
        self._active[number] += 1
        return number

    def left(self, number: int) -> None:
        """A pass at the process ``number`` is over."""
        self._active[number] -= 1

    def _idlest(self) -> int:
        numbers = range(len(self._active))
        return min(numbers, key=lambda n: (self._active[n], self._sites[n], n))
