"""What of an address, or of a line that quotes one, is nobody's business: log-ins and tokens.

Every line that leaves for a log, a terminal or the database passes here where it may quote an address
that an operator has configured.
"""

from __future__ import annotations

import re

__all__ = ["HIDDEN", "without_secrets"]

#: Stands for what is not shown.
HIDDEN = "***"

#: User and password before a host, as in ``http://user:password@host``; a password may hold an ``@``
#: that should have been escaped.
_LOG_IN = re.compile(r"(?<=://)[^\s\"'<>?#/]*@")
#: Names of parameters whose value lets one in, in any capitals and however joined.
_TOKEN = re.compile(
    r"([?&;](?:[a-z0-9]{1,20}[_.-])?"
    r"(?:api[_-]?key|auth|authorization|key|passwd|password|pass|pwd|secret|sig|signature|token"
    r"|access[_-]?token|authtoken|apitoken|session|sessionid|sid)=)[^&;\s\"'<>#]+",
    re.IGNORECASE,
)


def without_secrets(text: str) -> str:
    """``text`` with the log-ins and tokens of the addresses in it hidden; the rest as it is."""
    if "://" in text:
        text = _LOG_IN.sub(f"{HIDDEN}@", text)
    if "=" in text:
        text = _TOKEN.sub(rf"\1{HIDDEN}", text)
    return text
