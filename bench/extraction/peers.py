"""Who is compared: how each extractor is started, and the environment it runs in."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from bench.extraction.mistake import Mistake

__all__ = ["COPYDESK", "PEERS", "Extractor", "default_workdir", "interpreter_of", "peers_named"]

_HERE = Path(__file__).resolve().parent
_ROOT = _HERE.parents[1]


@dataclass(frozen=True)
class Extractor:
    """One row of the tables."""

    name: str
    runner: Path
    arguments: tuple[str, ...] = ()
    #: Distribution whose pinned versions it needs; None runs in this environment.
    package: str | None = None
    #: Added to the package's name and version in the tables.
    setting: str = ""
    #: Figures of what it does not give at all, which say nothing of it.
    not_asked: tuple[str, ...] = ()

    @property
    def pins(self) -> Path | None:
        """Every distribution of its environment with its version."""
        return _HERE / "pins" / f"{self.package}.txt" if self.package else None

    @property
    def label(self) -> str:
        """Name, version and setting."""
        return " ".join(filter(None, (self.package or self.name, self._version(), self.setting)))

    def _version(self) -> str:
        if self.pins is None:
            try:
                return version("copydesk")
            except PackageNotFoundError:
                return ""
        for line in self.pins.read_text(encoding="utf-8").splitlines():
            name, _, pinned = line.partition("==")
            if name == self.package:
                return pinned
        return ""

    def environment(self) -> dict[str, str]:
        """Variables of its process: this one's, but what Python imports is its own."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        # The same order of sets, and so the same figures, each time.
        kept["PYTHONHASHSEED"] = "0"
        if self.package is None:
            kept["PYTHONPATH"] = str(_ROOT)
        else:
            kept["PYTHONNOUSERSITE"] = "1"
        return kept


_RUNNERS = _HERE / "runners"
COPYDESK = Extractor("copydesk", _RUNNERS / "run_copydesk.py")
PEERS = (
    Extractor(
        "trafilatura",
        _RUNNERS / "run_trafilatura.py",
        package="trafilatura",
        not_asked=("same_instant",),
    ),
    Extractor(
        "trafilatura-precision",
        _RUNNERS / "run_trafilatura.py",
        ("favor_precision",),
        package="trafilatura",
        setting="favor_precision",
        not_asked=("same_instant",),
    ),
    Extractor("newspaper4k", _RUNNERS / "run_newspaper4k.py", package="newspaper4k"),
    Extractor(
        "readability-lxml",
        _RUNNERS / "run_readability.py",
        package="readability-lxml",
        not_asked=("same_day", "same_instant"),
    ),
)


def peers_named(names: list[str]) -> tuple[Extractor, ...]:
    """The peers with these names, in their own order."""
    known = {peer.name for peer in PEERS}
    for name in names:
        if name not in known:
            raise Mistake(f"{name}: no such peer; there are {', '.join(p.name for p in PEERS)}")
    return tuple(peer for peer in PEERS if peer.name in names)


def default_workdir() -> Path:
    """Where environments are kept from one comparison to the next."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "copydesk-bench"


def interpreter_of(extractor: Extractor, workdir: Path) -> Path:
    """The Python of the extractor's environment, which is set up where it is not there yet.

    The folder is named after the versions pinned and this Python, so changed pins give another
    environment; a set-up that was broken off is done again.
    """
    if extractor.pins is None:
        return Path(sys.executable)
    pins = extractor.pins.read_bytes()
    key = sha256(pins + sys.version.encode()).hexdigest()[:10]
    folder = workdir / "environments" / f"{extractor.package}-{key}"
    python, complete = folder / "bin" / "python", folder / "complete"
    if complete.is_file() and python.exists():
        return python
    print(f"setting up {folder}", file=sys.stderr)
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    _do([sys.executable, "-m", "venv", str(folder)], f"{folder}: no virtual environment")
    _do(
        [
            *(str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
            *("-r", str(extractor.pins)),
        ],
        f"{extractor.package}: pip could not install {extractor.pins}",
    )
    complete.touch()
    return python


def _do(command: list[str], otherwise: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        told = [line.strip() for line in (done.stderr + done.stdout).splitlines() if line.strip()]
        errors = [line for line in told if line.startswith("ERROR:")]
        why = (errors or told[-1:] or [f"code {done.returncode}"])[0]
        raise Mistake(f"{otherwise}: {why.removeprefix('ERROR: ')}")
