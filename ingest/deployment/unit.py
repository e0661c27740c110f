"""The daemon as a unit of systemd, for the machine or for one user, with the paths as they are here.

What each line means: systemd.service(5), systemd.exec(5). Of the sandbox a unit of a user has what needs
no namespace of its own: those may be switched off there, and the unit would not start.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import SettingsError

__all__ = ["UNIT", "UnitPlan", "unit_file", "unit_text", "write_unit"]

UNIT = "copydesk.service"
#: The first line, by which a unit that we wrote is known again.
_MARK = "# Written by `copydesk daemon --install-unit`;"
_HEAD = f"""{_MARK} your own changes belong into `systemctl edit {UNIT}`.
"""
_STATE = Path("/var/lib")
#: Both kinds of units have these.
_SANDBOX = """\
NoNewPrivileges=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM
UMask=0027
"""
#: Not where a browser runs, which makes code and namespaces of its own.
_WITHOUT_BROWSER = """\
RestrictNamespaces=yes
MemoryDenyWriteExecute=yes
"""
#: Of the whole machine's units.
_OF_THE_MACHINE = """\
CapabilityBoundingSet=
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
RemoveIPC=yes
"""


@dataclass(frozen=True, slots=True)
class UnitPlan:
    """What the unit is to run."""

    #: The words that start Copydesk, such as ``/opt/copydesk/bin/copydesk``; paths are absolute.
    command: tuple[str, ...]
    #: The settings file; ``None`` where the defaults hold.
    config: Path | None
    #: Where relative paths begin.
    folder: Path
    #: The folder of a SQLite file, which is written to; ``None`` for a server.
    data: Path | None
    #: The address that an option named, and so the unit has to; ``None`` where the settings have it.
    database: str | None
    #: Whom it runs as; ``None`` in a unit of a user.
    user: str | None
    #: Whether a source that is on is drawn by a browser.
    renders: bool = False
    #: Whether any of it is in the home of a user, or in /tmp, which the unit would not see.
    in_home: bool = False
    in_tmp: bool = False


def unit_text(plan: UnitPlan) -> str:
    """The whole file."""
    of_machine = plan.user is not None
    start = [*plan.command]
    if plan.config is not None:
        start += ["--config", str(plan.config)]
    if plan.database is not None:
        start += ["--database", plan.database]
    lines = [
        _HEAD,
        "[Unit]",
        "Description=Copydesk, news ingestion",
        "Wants=network-online.target",
        "After=network-online.target postgresql.service" if of_machine else "",
        # A server that is away at the start is tried again for as long as it takes.
        "StartLimitIntervalSec=0",
        "",
        "[Service]",
        "Type=notify",
        "NotifyAccess=main",
        f"ExecStart={' '.join(_quoted(word, of_command=True) for word in [*start, 'daemon'])}",
        "ExecReload=/bin/kill -HUP $MAINPID",
        f"WorkingDirectory={_escaped(str(plan.folder))}",
        f"User={plan.user}" if of_machine else "",
        "Restart=on-failure",
        "RestartSec=30",
        "# Wrong usage or settings, another daemon at work: starting anew would change nothing.",
        "RestartPreventExitStatus=2 3 5",
        "# The first start after an update may have a large database to bring up to date.",
        "TimeoutStartSec=30min",
        "TimeoutStopSec=30",
        "WatchdogSec=120",
        "# It ends what it started by itself; whatever is left then is killed.",
        "KillMode=mixed",
        "# A worker that was too large is replaced.",
        "OOMPolicy=continue",
        "LimitNOFILE=8192",
        "",
        *_folders(plan),
        _SANDBOX.rstrip(),
        "" if plan.renders else _WITHOUT_BROWSER.rstrip(),
        _OF_THE_MACHINE.rstrip() if of_machine else "",
        "",
        "[Install]",
        f"WantedBy={'multi-user' if of_machine else 'default'}.target",
    ]
    text = "\n".join(lines) + "\n"
    return re.sub(r"\n{3,}", "\n\n", text)


def _folders(plan: UnitPlan) -> list[str]:
    # Of the machine it is /var/cache/copydesk, of a user ~/.cache/copydesk.
    lines = ["CacheDirectory=copydesk"]
    if plan.user is None:
        return lines
    lines += ["Environment=XDG_CACHE_HOME=/var/cache", "ProtectSystem=strict"]
    lines.append(f"ProtectHome={'read-only' if plan.in_home else 'yes'}")
    if not plan.in_tmp:
        lines.append("PrivateTmp=yes")
    if plan.data is not None:
        if _STATE in plan.data.parents:
            lines.append(f"StateDirectory={_quoted(str(plan.data.relative_to(_STATE)))}")
        else:
            lines.append(f"ReadWritePaths={_quoted(str(plan.data))}")
    return lines


def unit_file(*, of_machine: bool) -> Path:
    """Where units of that kind stand."""
    if of_machine:
        return Path("/etc/systemd/system") / UNIT
    stated = os.environ.get("XDG_CONFIG_HOME", "")
    base = Path(stated) if Path(stated).is_absolute() else Path.home() / ".config"
    return base / "systemd" / "user" / UNIT


def write_unit(path: Path, text: str) -> bool:
    """Write the file in one step; whether it is another than it was.

    Raises:
        SettingsError: it cannot be written, or somebody else wrote the one that is there.
    """
    beside = path.with_name(f".{path.name}.new")
    try:
        if path.exists():
            there = path.read_text(encoding="utf-8", errors="replace")
            if there == text:
                return False
            if not there.startswith(_MARK):
                raise SettingsError(
                    f"{path}: is there, and was not written by this command; delete it or move it"
                    " away, or take over what you need from `copydesk daemon --install-unit --dry-run`"
                )
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise SettingsError(
            f"{path}: cannot be written: {error.strerror}; --user installs a unit of your own,"
            " --dry-run prints it"
        ) from None
    return True


def _escaped(text: str) -> str:
    """``text`` where systemd takes the rest of the line: percent signs are its own."""
    if any(not sign.isprintable() for sign in text):
        raise SettingsError(f"{text!r}: a path with such signs cannot stand in a unit")
    return text.replace("%", "%%")


def _quoted(text: str, *, of_command: bool = False) -> str:
    """``text`` as one word (systemd.syntax(7), "Quoting"; systemd.service(5), "Command lines")."""
    word = _escaped(text).replace("\\", "\\\\").replace('"', '\\"')
    if of_command:
        word = word.replace("$", "$$")
    plain = re.fullmatch(r"[\w./:=@%+,~-]+", word, re.ASCII)
    return word if plain else f'"{word}"'
