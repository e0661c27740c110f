"""Each site's dumps filed by ``copydesk backfill --via folder`` and cleaned by ``copydesk clean``."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

from bench.dumps.by_command import COMMAND, prediction_of
from bench.extraction.mistake import Mistake
from bench.training.sites import CorpusPage
from sources.endpoints.archives.folder import OWN_ADDRESS

__all__ = ["filed_and_cleaned"]


def filed_and_cleaned(pages: Sequence[CorpusPage]) -> list[dict[str, Any]]:
    """A prediction a dump, in their order, of what stands in the database in the end."""
    with tempfile.TemporaryDirectory(prefix="copydesk-sites-") as place:
        base = Path(place)
        (base / "publishers").mkdir()
        (base / "copydesk.toml").write_text("", encoding="utf-8")
        sites = sorted({page.site for page in pages})
        homes: dict[str, str] = {}
        for number, site in enumerate(sites):
            name = f"site-{number}"
            homes[site] = f"https://{name}.example"
            (base / "publishers" / f"{name}.toml").write_text(
                f'name = "{name}"\ntitle = "Site {number}"\nhome = "{homes[site]}"\n',
                encoding="utf-8",
            )
            folder = base / name
            folder.mkdir()
            for at, page in enumerate(p for p in pages if p.site == site):
                (folder / f"{at:04}.txt").write_bytes(page.raw())
            _run(base, "backfill", name, "--via", "folder", "--from", str(folder))
        _run(base, "clean")
        _run(base, "export", str(base / "articles.jsonl"))
        filed = [
            json.loads(line)
            for line in (base / "articles.jsonl").read_text(encoding="utf-8").splitlines()
        ]
    by_address = {entry["url"]: entry for entry in filed}
    return [_prediction(page, by_address, homes[page.site]) for page in pages]


def _prediction(
    page: CorpusPage, by_address: dict[str, dict[str, Any]], home: str
) -> dict[str, Any]:
    digest = blake2b(page.raw(), digest_size=12).hexdigest()
    entry = by_address.get(f"{home}/{OWN_ADDRESS}{digest}")
    return prediction_of(page.id, entry if entry is not None else {"refused": "not filed"})


def _run(base: Path, *arguments: str) -> None:
    done = subprocess.run(
        [*COMMAND, "--config", str(base / "copydesk.toml"), *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=base,
    )
    # 1: some dumps were refused, which the figures tell.
    if done.returncode > 1:
        raise Mistake(
            f"copydesk {' '.join(arguments)}: {done.stderr.strip() or done.stdout.strip()}"
        )
