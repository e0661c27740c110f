"""The polite HTTP client: everything that Copydesk downloads goes through ``Client.fetch``.

What lives here: who may be asked (``address_guard``, ``robots``), when (``limiter``, ``retry``), how
(``transport``, the only module that imports httpx), and how the answer becomes bytes (``decoding``)
and characters (``charset``). What the bytes mean is nobody's business here.
"""

from sources.client.charset import decode_page
from sources.client.client import Client
from sources.client.settings import ClientSettings

__all__ = ["Client", "ClientSettings", "decode_page"]
