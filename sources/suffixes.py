"""The public suffix list (https://publicsuffix.org/list/), as tldextract ships it: where a host's domain ends.

tldextract itself takes a third of a second and 20 MB to load, with the client by which it could download
a newer list; the rules alone are one look-up a label. What comes of a host is what tldextract says of it
(a test compares them).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import util
from pathlib import Path

__all__ = ["Ending", "ending_of"]

_RULE = re.compile(r"^[^/\s]\S*", re.MULTILINE)
_PRIVATE_FROM = "// ===BEGIN PRIVATE DOMAINS==="
#: Other signs that stand for a dot (RFC 3490, section 3.1).
_DOTS = str.maketrans("\u3002\uff0e\uff61", "...")
#: What a node of the tree of rules is: on the way to a rule, a suffix of a registry, one of a house's own.
_WAY, _PUBLIC, _PRIVATE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Ending:
    """How a host ends."""

    #: The label before the suffix; empty where the host is a suffix.
    domain: str
    #: As the list has it; empty where the list knows none.
    suffix: str
    #: Whether the suffix is a house's own, under which others have their sites (``github.io``).
    is_private: bool = False


def ending_of(host: str, *, private: bool) -> Ending:
    """Domain and suffix of ``host``, by the longest rule that fits; no address of a machine (IPv4).

    ``private``: whether the rules of houses count (``github.io``), not those of registries alone.
    """
    labels = _bare(host).translate(_DOTS).split(".")
    nodes = _nodes()
    most = _PRIVATE if private else _PUBLIC
    path = ""
    end, kind, at = len(labels), _WAY, len(labels)
    for label in reversed(labels):
        name = _decoded(label)
        below = f"{name}.{path}" if path else name
        found = nodes.get(below)
        if found is not None and found[1] <= most:
            at, path = at - 1, below
            if _WAY < found[0] <= most:
                end, kind = at, found[0]
            continue
        star = nodes.get(f"*.{path}")
        if path and star is not None and star[0] <= most:
            exception = nodes.get(f"!{below}")
            end = at if exception is not None and exception[0] <= most else at - 1
            kind = star[0]
        break
    if end == len(labels):
        return Ending(labels[-1], "")
    domain = labels[end - 1] if end > 0 else ""
    return Ending(domain, ".".join(labels[end:] if end >= 0 else labels[-1:]), kind == _PRIVATE)


def _bare(host: str) -> str:
    """``host`` without what an address has around it."""
    host = re.split(r"[/?#]", host, maxsplit=1)[0].rpartition("@")[2]
    return host.partition(":")[0].strip().rstrip(".\u3002\uff0e\uff61")


def _decoded(label: str) -> str:
    lowered = label.lower()
    if not lowered.startswith("xn--"):
        return lowered
    import idna

    try:
        return idna.decode(lowered)
    except (UnicodeError, IndexError):
        return lowered


@cache
def _nodes() -> dict[str, tuple[int, int]]:
    """Of each rule, and each end of one: what it is, and from which kind of rules on it is in the tree."""
    spec = util.find_spec("tldextract")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("tldextract, whose public suffix list is read, is not installed")
    text = Path(spec.origin).with_name(".tld_set_snapshot").read_text("utf-8")
    public, _, private = text.partition(_PRIVATE_FROM)
    nodes: dict[str, tuple[int, int]] = {}
    for kind, rules in ((_PUBLIC, public), (_PRIVATE, private)):
        for rule in _RULE.findall(rules):
            nodes[rule] = (kind, nodes[rule][1] if rule in nodes else kind)
            above = rule.partition(".")[2]
            while above and above not in nodes:
                nodes[above] = (_WAY, kind)
                above = above.partition(".")[2]
    return nodes
