"""The polite HTTP client: everything that Copydesk downloads goes through ``Client.fetch``.

What lives here: who may be asked (``permission``, by ``address_guard`` and ``robots``), when
(``limiter``, ``retry``, ``host_health``), how (``request_loop``, the one loop of redirects and
retries, over ``wire``, the only room that imports httpx), and how the answer becomes bytes and
characters (``answer``). What the bytes mean is nobody's business here.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sources.client.answer.charset import decode_page
    from sources.client.client import Client
    from sources.client.settings import ClientSettings

__all__ = ["Client", "ClientSettings", "decode_page"]

_HOME_OF = {"Client": "client", "ClientSettings": "settings", "decode_page": "answer.charset"}


def __getattr__(name: str) -> Any:
    """Import a name of this face when it is first used: extraction decodes pages and asks for none."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
