"""When two addresses are one article: the address key, and what belongs to one house.

The key is for comparing, not for fetching. It is a fixed point: ``address_key(address_key(u)) ==
address_key(u)``, a property that the tests check.

w3lib does percent-encoding and order of parameters (RFC 3986, section 6.2.2); the rest is ours.
courlan's cleaning is not used for the key: its list of trackers takes ``cid``, ``uid``, ``source``
and ``session`` for one, which on many news sites are the article's own number, and dropping a
number that means something would merge two articles.
"""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from urllib.parse import quote, quote_plus, unquote, unquote_to_bytes, urlsplit

from sources.address_parameters import kept_parts
from sources.public_suffix import registered

__all__ = ["address_key", "as_browsers_read", "registrable_domain"]

#: Longer addresses are traps or mistakes (the de-facto limit of browsers and proxies).
LONGEST = 2000

#: Labels in front of the registrable domain that name a variant of the site.
_VARIANT_LABELS = frozenset(["www", "m", "mobile", "amp", "mobil", "touch", "wap"])
#: Session numbers inside the path: of Java's servlets and PHP, and of ASP.NET without cookies, which
#: has (S(...)) or, with more to remember, (X(1)A(...)F(...)S(...)).
_SESSION = re.compile(
    r";(?:jsessionid|phpsessid|sid)=[^/;]*"
    r"|/\((?:[AFX]\([\w-]{1,400}\)){0,3}S\([A-Za-z0-9]{8,64}\)\)(?=/|$)",
    re.IGNORECASE,
)
#: The address of nearly every article: no dot segment, no doubled slash, no parameters of the path.
_PLAIN = re.compile(
    r"[Hh][Tt][Tt][Pp][Ss]?://([^\x00-\x20\x7f/?#@:\[\]\\%\u2028\u2029\ud800-\udfff]{1,253})"
    r"(?::([0-9]{0,5}))?"
    r"((?:/[^\x00-\x20\x7f/?#.;\"<>\\^`{}\u2028\u2029\ud800-\udfff]+"
    r"(?:\.[^\x00-\x20\x7f/?#.;\"<>\\^`{}\u2028\u2029\ud800-\udfff]+)*)*/?)"
    r"(?:\?([^\x00-\x20\x7f#\\\u2028\u2029\ud800-\udfff]*))?"
    r"(?:#(?!!)[^\x00-\x20\x7f\\\u2028\u2029]*)?"
)
#: In a path: percent-encoding that may stand for a character that need not be encoded, or means more.
_ODD_PERCENT = re.compile(r"%(?![89A-Fa-f][0-9A-Fa-f])")
_LOWER_PERCENT = re.compile(r"%(?:[a-f].|.[a-f])")
_TRIPLET = re.compile(r"%..")
#: What stays as it is in a path; the percent sign as part of what is encoded already.
_SAFE = "/%!$&'()*+,=:@|[]~"
_SIMPLE_QUERY = re.compile(r"[A-Za-z0-9_=&.~-]*")
_BROKEN_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?)$", re.IGNORECASE)
_AMP_SUFFIX = re.compile(r"(?:/amp|/amp\.html|\.amp|\.amp\.html)$", re.IGNORECASE)
_BAD = re.compile(r"[\x00-\x20\x7f\\\u2028\u2029]")
#: What browsers do not take as it is.
_ODD = re.compile(r"[\x00-\x20\\\u2028\u2029]")
_EDGES = "".join(map(chr, range(0x21))) + "\u2028\u2029"
_NO_BREAKS = str.maketrans("", "", "\t\r\n")
_QUERY_OR_FRAGMENT = re.compile(r"[?#]")
_FOUR_NUMBERS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}", re.ASCII)
_HOST = re.compile(
    r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*\.?"
)


def as_browsers_read(address: str) -> str:
    """``address`` as a browser reads what stands in a document: blanks around it and line breaks in
    it left out, blanks in it encoded, backslashes before the query turned
    (https://url.spec.whatwg.org/#url-parsing). Nothing else is judged or changed.
    """
    if not _ODD.search(address):
        return address
    address = address.strip(_EDGES).translate(_NO_BREAKS)
    where = _QUERY_OR_FRAGMENT.search(address)
    end = where.start() if where else len(address)
    return (address[:end].replace("\\", "/") + address[end:]).replace(" ", "%20")


@lru_cache(maxsize=2048)
def address_key(url: str, counting: frozenset[str] = frozenset()) -> str:
    """What makes two addresses the same article; an ``https`` address, whatever ``url``'s scheme.

    Folded: scheme, case and variant labels of the host (``www``, ``m``, ``amp``), default port,
    fragment, tracking parameters and their order, AMP, print and mobile variants (also behind
    the caches of Google and the AMP project), session numbers, index files, doubled and trailing
    slashes, dot segments, percent-encoding. The path's case is kept: servers may tell it apart.

    Args:
        url: of an article; blanks around it do not count.
        counting: doubtful parameters that have shown that they count here, and stay: of a link's key,
            those that it keeps (``address_parameters.counted_in``).

    Raises:
        ValueError: no http(s) address, one with blanks or control characters, or a hopeless one.
    """
    text = url.strip()
    # A variant inside a variant (an AMP page in a cache of a cache) needs more than one turn.
    for _ in range(8):
        plain = _folded_plain(text, counting)
        if plain is not None:
            return plain
        folded = _fold(text, counting)
        if folded == text:
            return folded
        text = folded
    raise ValueError(f"{url[:200]!r} does not come to rest; expected a plain http(s) address")


def _folded_plain(url: str, counting: frozenset[str] = frozenset()) -> str | None:
    """The key of a plain address, in a fiftieth of the time; ``None`` where it needs more care."""
    match = _PLAIN.fullmatch(url) if len(url) <= LONGEST else None
    if match is None:
        return None
    host, port, path, query = match.groups()
    where = _plain_host(host)
    if where is None:
        return None
    if "%" in path:
        if _ODD_PERCENT.search(path):
            return None
        if _LOWER_PERCENT.search(path):
            path = _TRIPLET.sub(_upper, path)
    path = path.rstrip("/")
    if (
        "amp" in path[-10:].lower()
        or path[:5].lower() == "/amp/"
        or "/(" in path
        or _INDEX.search(path)
    ):
        return None
    if port and (number := int(port)) not in (80, 443):
        if number > 65535:
            return None
        where = f"{where}:{number}"
    if not path.isascii():
        path = quote(path, safe=_SAFE)
    if query:
        query = _plain_query(query, path, counting)
        if query is None:
            return None
    key = f"https://{where}{path or '/'}?{query}" if query else f"https://{where}{path}"
    return key if len(key) <= LONGEST else None


def _plain_query(query: str, path: str, counting: frozenset[str]) -> str | None:
    """The parameters that count, sorted and encoded alike; ``None`` where they need more care."""
    if _SIMPLE_QUERY.fullmatch(query):
        kept = [part.partition("=") for part in kept_parts(query, path, counting)]
        kept.sort()
        return "&".join([f"{name}={value.replace('=', '%3D')}" for name, _, value in kept])
    if _BROKEN_PERCENT.search(query):
        return None
    # By their bytes, in whatever encoding they are.
    found = [
        (_parameter_bytes(name), _parameter_bytes(value))
        for name, _, value in (part.partition("=") for part in kept_parts(query, path, counting))
    ]
    found.sort()
    return "&".join([f"{quote_plus(name)}={quote_plus(value)}" for name, value in found if name])


def _parameter_bytes(text: str) -> bytes:
    return unquote_to_bytes(text.replace("+", " "))


def _upper(match: re.Match[str]) -> str:
    return match[0].upper()


@lru_cache(maxsize=16_384)
def _plain_host(host: str) -> str | None:
    """``host`` as the key has it, without the labels of variants; ``None`` where it needs more care."""
    try:
        name = _host(host.lower())
    except ValueError:
        return None
    if _FOUR_NUMBERS.fullmatch(name):
        return name if _is_address(name) else None
    bare = _without_variant(name)
    # Behind the caches of AMP stands another host; a number is no name.
    if name.endswith("ampproject.org") or "google." in name or bare.replace(".", "").isdigit():
        return None
    return bare


def _is_address(host: str) -> bool:
    try:
        return str(ipaddress.ip_address(host)) == host
    except ValueError:
        return False


def _fold(url: str, counting: frozenset[str] = frozenset()) -> str:
    from w3lib.url import canonicalize_url

    if len(url) > LONGEST or _BAD.search(url):
        raise ValueError(f"{url[:200]!r} is no address: too long, or blanks or controls in it")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{url[:200]!r} is no http(s) address")
    host = _host(parts.hostname)
    try:
        port = parts.port
    except ValueError:
        raise ValueError(f"{url[:200]!r} has a port that cannot be") from None
    path = parts.path
    behind = _unwrapped(host, path)
    if behind is not None:
        return f"https://{behind}" + (f"?{parts.query}" if parts.query else "")
    host = _without_variant(host)
    where = f"[{host}]" if ":" in host else host
    if port is not None and port not in (80, 443):
        where += f":{port}"
    path = _path(path)
    query = "&".join(kept_parts(parts.query, path, counting))
    bang = f"#{parts.fragment}" if parts.fragment.startswith("!") else ""
    folded: str = canonicalize_url(
        f"https://{where}{path}" + (f"?{query}" if query else "") + bang, keep_fragments=bool(bang)
    )
    # w3lib gives an empty path a slash and keeps "?" without parameters
    return folded[:-1] if folded.endswith("/") and not query and not bang else folded


def _host(host: str) -> str:
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    if not host.isascii() and len(host) <= 253:
        host = _punycode(host)
    host = host.lower()
    if len(host) > 253 or not _HOST.fullmatch(host):
        raise ValueError(f"{host[:200]!r} is no host name")
    return host.rstrip(".")


def _punycode(host: str) -> str:
    import idna

    try:
        # As browsers and registries do since 2010 (UTS 46): ß stays a letter of its own.
        return idna.encode(host, uts46=True).decode("ascii")
    except UnicodeError:
        pass
    try:
        # IDNA 2003 knows what was registered before: hearts, arrows.
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        raise ValueError(f"{host[:200]!r} is no host name") from None


def _without_variant(host: str) -> str:
    domain = registrable_domain(host)
    while host != domain and host.partition(".")[0] in _VARIANT_LABELS:
        host = host.partition(".")[2]
    return host


def _unwrapped(host: str, path: str) -> str | None:
    """Host and path behind an AMP cache: cdn.ampproject.org/c/s/HOST/..., google.com/amp/s/HOST/..."""
    if host.endswith(".ampproject.org"):
        match = re.match(r"/[civr]/(?:s/)?([^/]+\.[^/]+(?:/.*)?)$", path)
    elif re.fullmatch(r"(?:www\.)?google\.[a-z.]{2,6}", host):
        match = re.match(r"/amp/(?:s/)?([^/]+\.[^/]+(?:/.*)?)$", path)
    else:
        return None
    return match[1] if match else None


def _path(path: str) -> str:
    path = _SESSION.sub("", path)
    path = re.sub(r"/{2,}", "/", path)
    path = _without_dots(path)
    path = _INDEX.sub("/", path)
    path = path.rstrip("/")
    shorter = _AMP_SUFFIX.sub("", path)
    # A site's own AMP section (/amp alone) is a place, not a variant of the front page.
    if shorter and shorter != path:
        path = shorter
    elif path.lower().startswith("/amp/") and path.count("/") > 2:
        path = path[4:]
    return path or "/"


def _without_dots(path: str) -> str:
    """RFC 3986, section 5.2.4, for an absolute path."""
    if "." not in path and "%2e" not in path.lower():
        return path
    kept: list[str] = []
    for segment in path.split("/"):
        plain = unquote(segment) if "%" in segment else segment
        if plain == "..":
            if len(kept) > 1:
                kept.pop()
        elif plain != ".":
            kept.append(segment)
    joined = "/".join(kept)
    return joined if joined.startswith("/") else f"/{joined}"


@lru_cache(maxsize=16_384)
def registrable_domain(host: str) -> str:
    """What a house registers: ``bbc.co.uk`` for ``feeds.bbc.co.uk``; an IP address is its own.

    Under a suffix that the public suffix list does not know (``.example``, an intranet) it is the
    last two labels.
    """
    host = host.lower().strip("[]").rstrip(".")
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    found = registered(host)
    if found.suffix and found.label:
        return f"{found.label}.{found.suffix}"
    return ".".join(host.split(".")[-2:])
