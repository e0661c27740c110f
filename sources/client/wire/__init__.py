"""What goes over the wire: connections, requests written, answers read; the only room that imports httpx.

HTTP/1.1 goes over connections of our own (``host_connections``, ``connection``, ``dialling``), whose
answers a parser in C reads (``framing``); HTTP/2 where it is asked for, and the way by a proxy, over
httpx's transport (``by_httpcore``). Either way an answer is an ``httpx.Response`` and what goes wrong is
one of httpx's errors, which ``reasons`` puts into words (docs/decisions/0035).
"""

import sys

# For a command line of its own httpx loads click, rich and pygments, a twelfth of what a run takes to begin.
# Told that there is none, it does without.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
