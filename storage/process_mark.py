"""What tells this process from every other, in a form that another process can check.

A process number is given again, two machines have the same ones, and each container counts from one.
So beside it stand what the kernel says: which boot of which machine, in which space of numbers, and
when the process began (``/proc``, Linux; elsewhere the number must do).
"""

from __future__ import annotations

import hashlib
import os
import secrets
import socket
from dataclasses import dataclass
from functools import cache
from pathlib import Path

__all__ = ["HOST", "ProcessMark", "is_gone", "this_process"]

#: The name of this machine.
HOST = socket.gethostname()
#: The space of process numbers that a machine begins with (Linux, ``PROC_PID_INIT_INO``).
_FIRST_SPACE = "pid:[4026531836]"
#: States of a process in ``/proc/PID/stat`` that has ended and waits to be asked for: proc(5).
_ENDED = ("Z", "X", "x")


@dataclass(frozen=True, slots=True)
class ProcessMark:
    """A process; what the system does not say is empty."""

    #: Random.
    token: str
    #: Of its machine: a hash of ``/etc/machine-id``, which is nobody's business.
    machine: str = ""
    #: Of the start of its kernel.
    boot: str = ""
    #: Its space of process numbers: each container has one.
    space: str = ""
    #: When it began, in ticks since the boot.
    began: str = ""

    def __str__(self) -> str:
        """One word, which :meth:`parse` reads."""
        return "/".join((self.token, self.machine, self.boot, self.space, self.began))

    @classmethod
    def parse(cls, text: str) -> ProcessMark:
        """The mark that ``text`` is; of another form it is a token and nothing else."""
        parts = text.split("/")
        return cls(*parts) if len(parts) == 5 else cls(text)


@cache
def this_process() -> ProcessMark:
    """The process that asks; a forked one has its parent's, so it is not to ask."""
    machine = _said("/etc/machine-id")
    try:
        space = os.readlink("/proc/self/ns/pid")
    except OSError:
        space = ""
    return ProcessMark(
        token=secrets.token_hex(8),
        machine=hashlib.sha256(machine.encode()).hexdigest()[:16] if machine else "",
        boot=_said("/proc/sys/kernel/random/boot_id"),
        space=space,
        began=_began(os.getpid()) or "",
    )


def is_gone(host: str, pid: int, mark: ProcessMark, here: ProcessMark | None = None) -> bool:
    """Whether that process has certainly ended; false where nobody here can tell.

    Args:
        host: the name of its machine.
        pid: its number there.
        mark: what it said of itself.
        here: the process that looks; this one where left out.
    """
    here = here or this_process()
    if mark.token == here.token:
        return False
    if not mark.began:
        # All that it said is a number: good for a machine of our name.
        return host == HOST and (pid == os.getpid() or not _is_alive(pid))
    if (mark.boot, mark.space) == (here.boot, here.space):
        return _began(pid) != mark.began if _is_visible(pid) else not _is_alive(pid)
    # A machine that has been started since; a container's name for it may be its image's.
    return (
        bool(mark.machine)
        and mark.machine == here.machine
        and mark.boot != here.boot
        and mark.space == here.space == _FIRST_SPACE
        and host == HOST
    )


def _said(path: str) -> str:
    try:
        return Path(path).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _began(pid: int) -> str | None:
    """When the process began; ``None`` where it has ended."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return None
    # Its name, the second field, may hold anything, brackets and blanks too.
    fields = stat.rpartition(b")")[2].split()
    if len(fields) < 20 or fields[0].decode("ascii", "replace") in _ENDED:
        return None
    return fields[19].decode("ascii", "replace")


def _is_visible(pid: int) -> bool:
    """Whether ``/proc`` shows it; with ``hidepid`` it hides those of other users."""
    return Path(f"/proc/{pid}").exists()


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError, ValueError):
        return False
    except PermissionError:
        return True
    return True
