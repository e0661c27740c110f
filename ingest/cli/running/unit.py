"""``copydesk daemon --install-unit``: written, and what to type next."""

from __future__ import annotations

import getpass
import os
import pwd
import sys
from pathlib import Path

from ingest.catalogue.selection import load_catalogue, selected_sources
from ingest.cli.invocation import own_words
from ingest.deployment.unit import UNIT, UnitPlan, unit_file, unit_text, write_unit
from ingest.errors import EXIT_OK
from ingest.settings import load_settings
from storage.engine.location import locate

__all__ = ["install_unit"]


def install_unit(
    config: Path | None, database: str | None, *, of_machine: bool | None, dry_run: bool
) -> int:
    """Write the unit, or print it; ``of_machine`` left out: of the machine where we may write that."""
    if of_machine is None:
        of_machine = os.geteuid() == 0
    plan = _plan(config, database, of_machine=of_machine)
    text, path = unit_text(plan), unit_file(of_machine=of_machine)
    if dry_run:
        print(text, end="")
        return EXIT_OK
    changed = write_unit(path, text)
    print(f"{path}: {'written' if changed else 'is so already'}")
    systemctl = "systemctl" if of_machine else "systemctl --user"
    print("next:")
    print(f"  {systemctl} daemon-reload")
    print(f"  {systemctl} enable --now {UNIT}")
    if not of_machine:
        print(f"  loginctl enable-linger {getpass.getuser()}    # it goes on when you log out")
    print(f"  journalctl {'' if of_machine else '--user '}-u {UNIT} -f")
    if plan.user == "root":
        print(
            "copydesk: it would run as root, whose database this is; give the database's folder to"
            " a user made for it (useradd --system), and write the unit again",
            file=sys.stderr,
        )
    return EXIT_OK


def _plan(config: Path | None, database: str | None, *, of_machine: bool) -> UnitPlan:
    settings = load_settings(config, database=database)
    catalogue = load_catalogue(settings)
    sources = selected_sources(settings, catalogue)
    location = locate(settings.database)
    folder = Path.cwd() if settings.path is None else settings.path.absolute().parent
    data = location.path.parent if location.path is not None else None
    words = own_words()
    needed = [Path(words[0]), folder, *([data] if data is not None else [])]
    named = database
    if named is not None and location.path is not None:
        named = str(location.path)
    return UnitPlan(
        command=words,
        config=settings.path.absolute() if settings.path is not None else None,
        folder=folder,
        data=data,
        database=named,
        user=_owner(data or folder) if of_machine else None,
        renders=any(source.fetch.render for source in sources),
        in_home=any(path.is_relative_to(home) for path in needed for home in _HOMES),
        in_tmp=any(path.is_relative_to(tmp) for path in needed for tmp in _TMP),
    )


_HOMES = (Path("/home"), Path("/root"), Path("/run/user"))
_TMP = (Path("/tmp"), Path("/var/tmp"))  # noqa: S108 - looked for, not used


def _owner(folder: Path) -> str:
    """Whose the folder is, or the nearest one above it that there is."""
    there = folder
    while not there.exists():
        there = there.parent
    number = there.stat().st_uid
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)
