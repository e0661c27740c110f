"""A message told to a program of the operator's: JSON on its standard input."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
from typing import TYPE_CHECKING

from ingest.alerts.message import one_line
from ingest.alerts.ways.sending import NotSent

if TYPE_CHECKING:
    from ingest.alerts.message import Message
    from ingest.alerts.settings import CommandWay

__all__ = ["CommandSender"]

#: Bytes of what it says that are read; the end is told where it fails.
_MOST_SAID, _TOLD = 64 * 1024, 200


class CommandSender:
    """Starts the program, without a shell, and waits for its end."""

    def __init__(self, way: CommandWay) -> None:
        self._way = way

    async def send(self, message: Message) -> str:
        """Start it with ``message``; it has to end with 0, in time.

        It is a group of processes of its own, which ends with it: also what it has started.
        """
        program = self._way.command[0]
        environment = {
            **os.environ,
            "COPYDESK_ALERT_ID": message.id,
            "COPYDESK_ALERT_CHANNEL": message.channel,
            "COPYDESK_ALERT_KIND": message.kind,
            "COPYDESK_ALERT_STATE": message.state,
            "COPYDESK_ALERT_SUBJECT": message.subject,
        }
        try:
            process = await asyncio.create_subprocess_exec(
                *self._way.command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                env=environment,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else str(error)
            raise NotSent(f"{program} cannot be started: {why}", "later") from None
        given = json.dumps(message.as_json(), ensure_ascii=False).encode()
        try:
            async with asyncio.timeout(self._way.timeout):
                said, _ = await asyncio.gather(_hear(process), _give(process, given))
                code = await process.wait()
        except TimeoutError:
            raise NotSent(
                f"{program} took longer than {self._way.timeout:g} s and was ended"
            ) from None
        finally:
            _end(process)
            with contextlib.suppress(ProcessLookupError):
                await process.wait()
        if code != 0:
            how = f"ended with {code}" if code > 0 else f"was ended by signal {-code}"
            raise NotSent(f"{program} {how}{said}")
        return "ended with 0"


async def _give(process: asyncio.subprocess.Process, given: bytes) -> None:
    assert process.stdin is not None
    # One that does not want to read it all may do without.
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(given)
        await process.stdin.drain()
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.close()
        await process.stdin.wait_closed()


async def _hear(process: asyncio.subprocess.Process) -> str:
    """The end of what it says, as it is told; the rest is read and forgotten."""
    assert process.stdout is not None
    kept = b""
    while part := await process.stdout.read(_MOST_SAID):
        kept = (kept + part)[-_TOLD * 4 :]
    said = one_line(kept.decode("utf-8", "replace"))
    return f": {said[-_TOLD:]}" if said else ""


def _end(process: asyncio.subprocess.Process) -> None:
    """End its whole group; what it started and left behind too."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
