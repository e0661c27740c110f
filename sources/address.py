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
from functools import cache, lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from tldextract import TLDExtract

__all__ = ["address_key", "registrable_domain", "same_site"]

#: Longer addresses are traps or mistakes (the de-facto limit of browsers and proxies).
LONGEST = 2000

#: Parameters that only say how a reader came here, or how the page is to be dressed.
_DROPPED = frozenset(
    [
        "fbclid",
        "gclid",
        "gclsrc",
        "dclid",
        "gbraid",
        "wbraid",
        "msclkid",
        "twclid",
        "yclid",
        "ysclid",
        "igshid",
        "igsh",
        "mc_cid",
        "mc_eid",
        "mkt_tok",
        "s_cid",
        "s_kwcid",
        "ncid",
        "ocid",
        "icid",
        "cmpid",
        "cmp",
        "cmp_id",
        "campaign_id",
        "ref",
        "ref_src",
        "ref_url",
        "referrer",
        "referer",
        "xtor",
        "wt_mc",
        "wt_zmc",
        "wtmc",
        "at_medium",
        "at_campaign",
        "at_custom1",
        "at_custom2",
        "at_custom3",
        "at_custom4",
        "smid",
        "smtyp",
        "sr_share",
        "cmpredirect",
        "ito",
        "feature",
        "srsltid",
        "spm",
        "scm",
        "_ga",
        "_gl",
        "_hsenc",
        "_hsmi",
        "__twitter_impression",
        "taid",
        "tblci",
        "traffic_source",
        "mod",
        "__source",
        "sh",
        "rss",
        "feed_id",
        "fromrss",
        "from_rss",
        "phpsessid",
        "jsessionid",
        "sessionid",
        "sid",
        "cfid",
        "cftoken",
        "amp",
        "outputtype",
        "print",
        "printable",
        "printview",
        "print_view",
        "view_mode",
        "mobile",
        "m",
        "nomobile",
        "desktop",
        "replytocom",
        "share",
        "nb",
        "ipcc",
        "intcmp",
        "intcid",
        "itm_source",
        "itm_medium",
        "itm_campaign",
        "guccounter",
        "soc_src",
        "soc_trk",
        "ns_mchannel",
        "ns_source",
        "ns_campaign",
        "ns_linkname",
        "ns_fee",
        "dicbo",
        "ftag",
        "li_fat_id",
        "ttclid",
        "epik",
        "ss_source",
        "ss_campaign_id",
        "ss_email_id",
        "wickedid",
        "xtref",
        "rb_clickid",
        "sc_cid",
        "sc_campaign",
        "cxrecs_s",
        "cx_click",
        "partner",
        "source",
        "ceid",
        "emci",
        "emdi",
        "trk_contact",
        "trk_msg",
        "trk_module",
        "trk_sid",
    ]
)
_DROPPED_PREFIXES = (
    "utm_",
    "utm-",
    "mtm_",
    "pk_",
    "piwik_",
    "hsa_",
    "oly_",
    "vero_",
    "at_",
    "itm_",
    "gaa_",
    "guce_referrer",
    "cx_testid",
    "cx_testvariant",
    "cx_artpos",
    "stm_",
    "ga_",
)
#: Of the above, those that are dropped only with a value that says "yes" or names the variant: with
#: another value they may be an article's number.
_ONLY_AS_SWITCH = frozenset(
    [
        "amp",
        "print",
        "printable",
        "mobile",
        "m",
        "desktop",
        "nomobile",
        "share",
        "rss",
        "sid",
        "mod",
        "sh",
        "nb",
        "partner",
        "source",
    ]
)
_SWITCH_VALUES = frozenset(
    ["", "1", "true", "yes", "y", "amp", "html", "mobile", "print", "rss", "feed", "newsletter"]
)
_DROPPED_WITH = {
    "outputtype": frozenset(["amp"]),
    "view_mode": frozenset(["amp", "print", "mobile"]),
}
#: Labels in front of the registrable domain that name a variant of the site.
_VARIANT_LABELS = frozenset(["www", "m", "mobile", "amp", "mobil", "touch", "wap"])
#: Session numbers inside the path: of Java's servlets and PHP, and of ASP.NET without cookies.
_SESSION = re.compile(
    r";(?:jsessionid|phpsessid|sid)=[^/;]*|/\(S\([A-Za-z0-9]{8,64}\)\)", re.IGNORECASE
)
#: The address of nearly every article: nothing in it that percent-encoding or dots could change.
_PLAIN = re.compile(
    r"https?://([a-z0-9][a-z0-9.-]{2,250})((?:/[A-Za-z0-9_~-]+(?:\.[A-Za-z0-9_~-]+)*)*/?)"
    r"(?:\?([A-Za-z0-9_=&.-]*))?(?:#[^!\s\\\x00-\x20\x7f\u2028\u2029][^\s\\\x00-\x20\x7f\u2028\u2029]*)?"
)
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?)$", re.IGNORECASE)
_AMP_SUFFIX = re.compile(r"(?:/amp|/amp\.html|\.amp|\.amp\.html)$", re.IGNORECASE)
_BAD = re.compile(r"[\x00-\x20\x7f\\\u2028\u2029]")
_HOST = re.compile(
    r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*\.?"
)


@lru_cache(maxsize=8192)
def address_key(url: str) -> str:
    """What makes two addresses the same article; an ``https`` address, whatever ``url``'s scheme.

    Folded: scheme, case and variant labels of the host (``www``, ``m``, ``amp``), default port,
    fragment, tracking parameters and their order, AMP, print and mobile variants (also behind
    the caches of Google and the AMP project), session numbers, index files, doubled and trailing
    slashes, dot segments, percent-encoding. The path's case is kept: servers may tell it apart.

    Raises:
        ValueError: no http(s) address, one with blanks or control characters, or a hopeless one.
    """
    text = url.strip()
    plain = _folded_plain(text)
    if plain is not None:
        return plain
    # A variant inside a variant (an AMP page in a cache of a cache) needs more than one turn.
    for _ in range(8):
        folded = _fold(text)
        if folded == text:
            return folded
        text = folded
    raise ValueError(f"{url[:200]!r} does not come to rest; expected a plain http(s) address")


def _folded_plain(url: str) -> str | None:
    """The key of a plain address, in a fiftieth of the time; ``None`` where it needs more care."""
    match = _PLAIN.fullmatch(url) if len(url) <= LONGEST else None
    if match is None:
        return None
    host, path, query = match.groups()
    bare = _plain_host(host)
    if (
        bare is None
        or _INDEX.search(path)
        or "amp" in path[-10:].lower()
        or path[:5].lower() == "/amp/"
    ):
        return None
    path = path.rstrip("/")
    if not query:
        return f"https://{bare}{path}"
    kept = []
    for part in query.split("&"):
        name, _, value = part.partition("=")
        if name and not _dropped(name.lower(), value.lower()):
            kept.append((name, value))
    if not kept:
        return f"https://{bare}{path}"
    kept.sort()
    return f"https://{bare}{path or '/'}?" + "&".join(f"{name}={value}" for name, value in kept)


@lru_cache(maxsize=16_384)
def _plain_host(host: str) -> str | None:
    """``host`` without the labels of variants; ``None`` where it is not plain."""
    if host.endswith("ampproject.org") or "google." in host or not _HOST.fullmatch(host):
        return None
    try:
        ipaddress.ip_address(host)
    except ValueError:
        bare = _without_variant(_host(host))
        # A number, or a name with an empty label, is for the careful way.
        return bare if bare and not bare.replace(".", "").isdigit() and ".." not in bare else None
    return None


def _fold(url: str) -> str:
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
    query = _query(parts.query)
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
    if not host.isascii():
        import idna

        try:
            # As browsers and registries do since 2010 (UTS 46): ß stays a letter of its own.
            host = idna.encode(host, uts46=True).decode("ascii")
        except UnicodeError:
            raise ValueError(f"{host[:200]!r} is no host name") from None
    host = host.lower()
    if len(host) > 253 or not _HOST.fullmatch(host):
        raise ValueError(f"{host[:200]!r} is no host name")
    return host.rstrip(".")


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


def _query(query: str) -> str:
    if not query:
        return ""
    kept = []
    for part in query.split("&"):
        name, _, value = part.partition("=")
        if name and not _dropped(unquote(name).lower(), unquote(value).lower()):
            kept.append(part)
    return "&".join(kept)


def _dropped(name: str, value: str) -> bool:
    if name.startswith(_DROPPED_PREFIXES):
        return True
    if name in _DROPPED_WITH:
        return value in _DROPPED_WITH[name]
    if name in _ONLY_AS_SWITCH:
        return value in _SWITCH_VALUES
    return name in _DROPPED


@cache
def _suffixes() -> TLDExtract:
    from tldextract import TLDExtract

    # The list that comes with the package: no download, no cache folder.
    return TLDExtract(suffix_list_urls=(), cache_dir=None)


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
    found = _suffixes()(host)
    if found.suffix and found.domain:
        return f"{found.domain}.{found.suffix}"
    return ".".join(host.split(".")[-2:])


def same_site(first: str, second: str) -> bool:
    """Whether two addresses are of one house: the same registrable domain."""
    try:
        one, two = urlsplit(first).hostname, urlsplit(second).hostname
    except ValueError:
        return False
    return bool(one and two) and registrable_domain(one or "") == registrable_domain(two or "")
