"""From a checked address to a connection: TCP to what the guard names and to nothing else, then TLS."""

from __future__ import annotations

import asyncio
import ssl
import time

import httpx

from sources.client.address_guard import AddressGuard
from sources.client.wire.connection import Connection

__all__ = ["Dialler"]


class Dialler:
    """Makes the connections to one host."""

    def __init__(
        self,
        guard: AddressGuard,
        host: str,
        port: int,
        *,
        private: bool,
        tls: ssl.SSLContext | None,
        within: float,
        buffer: bytearray,
    ) -> None:
        """``within``: seconds for TCP, and as many for TLS; ``buffer``: what comes is read into it."""
        self._guard = guard
        self._host = host
        self._port = port
        self._private = private
        self._tls = tls
        self._within = within
        self._buffer = buffer

    async def connect(self) -> Connection:
        """A new connection.

        Raises:
            Failure: the address is refused, or the name does not resolve.
            httpx.ConnectTimeout, httpx.ConnectError: no connection in time, or none at all.
        """
        began = time.monotonic()
        targets = await self._guard.targets(
            self._host, self._port, private=self._private, within=self._within
        )
        failure: httpx.TransportError | None = None
        for tried, (address, port) in enumerate(targets):
            # A dead address (often IPv6) must not use up the time of those after it.
            left = max(0.1, self._within - (time.monotonic() - began)) / (len(targets) - tried)
            try:
                connection = await self._reach(address, port, left)
            except httpx.TransportError as error:
                failure = failure or error
            else:
                return await self._secured(connection)
        assert failure is not None
        raise failure

    async def _reach(self, address: str, port: int, within: float) -> Connection:
        try:
            async with asyncio.timeout(within):
                _, connection = await asyncio.get_running_loop().create_connection(
                    lambda: Connection(self._buffer), address, port
                )
        except TimeoutError as error:
            raise httpx.ConnectTimeout("") from error
        except OSError as error:
            raise httpx.ConnectError(str(error)) from error
        return connection

    async def _secured(self, connection: Connection) -> Connection:
        if self._tls is None:
            return connection
        try:
            async with asyncio.timeout(self._within):
                await connection.start_tls(self._tls, self._host)
        except TimeoutError as error:
            raise httpx.ConnectTimeout("") from error
        except OSError as error:  # ssl.SSLError is one
            raise httpx.ConnectError(str(error)) from error
        return connection
