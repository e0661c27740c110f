"""One extractor over the pages of a folder, in a process of its own, page after page.

The process gets the next page when it has answered the last (``runners/page_protocol.py``). One that
dies, by a crash or by the alarm of a page that takes too long, costs that page; the next page goes
to a new process.
"""

from __future__ import annotations

import gzip
import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.extraction.mistake import Mistake
from bench.extraction.pages import LabelledPage, by_site
from bench.extraction.peers import Extractor
from bench.news_site import HOST
from bench.news_site import page as generated_page

__all__ = ["Runner", "run_pages", "warm_up_pages"]

#: Seconds after which a page is cut off.
LONGEST = 60.0


@dataclass(frozen=True)
class Runner:
    """How the process of an extractor is started."""

    extractor: Extractor
    python: Path
    #: Read untimed at each start, so that loading is not counted as extraction.
    warm_up: tuple[LabelledPage, ...]
    #: Takes what the process says on standard error.
    log: Path
    longest: float = LONGEST


def warm_up_pages(workdir: Path) -> tuple[LabelledPage, ...]:
    """Three generated pages, written into ``workdir``: none of those that are measured."""
    folder = workdir / "warm-up"
    folder.mkdir(parents=True, exist_ok=True)
    pages = []
    for number in range(3):
        path = folder / f"{number}.html.gz"
        path.write_bytes(gzip.compress(generated_page(number, articles=100).encode(), mtime=0))
        pages.append(LabelledPage(str(number), path, f"http://{HOST}/story/{number}"))
    return tuple(pages)


def run_pages(runner: Runner, pages: tuple[LabelledPage, ...]) -> list[dict[str, Any]]:
    """The line of predictions of each page, in the order of ``pages``.

    The pages of one site are read one after another; ``error`` says why a page has no text where
    the extractor failed.
    """
    waiting = [page for group in by_site(pages) for page in group]
    found: dict[str, dict[str, Any]] = {}
    while waiting:
        with _process(runner) as process:
            while waiting:
                page = waiting.pop(0)
                answer = process.ask(page)
                found[page.id] = answer or {"id": page.id, "body": "", "error": process.end()}
                if answer is None:
                    break
    return [found[page.id] for page in pages]


class _Process:
    """A started runner."""

    def __init__(self, runner: Runner, process: subprocess.Popen[str]) -> None:
        self._longest = runner.longest
        self._process = process

    def ask(self, page: LabelledPage) -> dict[str, Any] | None:
        """The answer for ``page``; None where the process died of it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        task = {
            "id": page.id,
            "path": str(page.path.resolve()),
            "url": page.url,
            "site": page.site,
            "seconds": self._longest,
        }
        try:
            self._process.stdin.write(json.dumps(task) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except BrokenPipeError:
            return None
        if not line.endswith("\n"):
            return None
        answer: dict[str, Any] = json.loads(line)
        return answer

    def end(self) -> str:
        """What the process died of."""
        code = self._process.wait()
        if code == -signal.SIGALRM:
            return f"cut off after {self._longest:g} s"
        return f"crashed by signal {-code}" if code < 0 else f"ended with code {code}"


@contextmanager
def _process(runner: Runner) -> Iterator[_Process]:
    """A runner that has read its warm-up pages."""
    extractor = runner.extractor
    with (
        runner.log.open("w", encoding="utf-8") as log,
        subprocess.Popen(
            [str(runner.python), str(extractor.runner), *extractor.arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            encoding="utf-8",
            env=extractor.environment(),
        ) as process,
    ):
        try:
            started = _Process(runner, process)
            for page in runner.warm_up:
                answer = started.ask(page)
                if answer is None:
                    raise Mistake(f"{extractor.name}: its runner {started.end()}; see {runner.log}")
                if "error" in answer:
                    raise Mistake(f"{extractor.name}: fails on any page: {answer['error']}")
            yield started
        finally:
            process.kill()
            with suppress(BrokenPipeError):  # what a dead runner did not read
                assert process.stdin is not None
                process.stdin.close()
