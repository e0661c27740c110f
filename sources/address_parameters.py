"""Which parameters of an address are part of the article's name, and which only say how one came.

Click numbers and campaign tags of the networks mean nothing on any site. Others, such as ``ref``,
``feature`` or ``cmp``, tag the way on most sites and number the articles on some
(``/noticia.php?ref=101``). Those are doubtful, and told apart by what they do:

* With a value that is a number or a name, they count where nothing else in the address could tell one
  article from another: a script, or a bare "view", without any other parameter that counts.
* Elsewhere they count where the site's own documents have shown it (``endpoints.addresses.numbering``); the key
  of such an address keeps them, so that it says itself what counts: :func:`counted_in`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import unquote

__all__ = ["counted_in", "counting_parameters", "doubtful_parameters", "kept_parts"]

#: Parameters of longer addresses are not looked at: those are no addresses of articles.
LONGEST = 2000

#: Parameters that only say how a reader came here, or how the page is to be dressed.
_DROPPED = frozenset(
    # Clicks, as the networks number them: Meta, Google, Microsoft, X, Yandex, TikTok, ...
    "fbclid gclid gclsrc dclid gbraid wbraid gad_source gad_campaignid msclkid twclid yclid ymclid "
    "ysclid igshid igsh ttclid epik li_fat_id rdt_cid sccid irclickid wickedid rb_clickid dicbo "
    "tblci srsltid _kx vgo_ee asgtbndr _branch_match_id _branch_referrer "
    "fb_action_ids fb_action_types fb_comment_id fb_ref fb_source "
    "action_object_map action_ref_map action_type_map "
    # Newsletters
    "mc_cid mc_eid mkt_tok _hsenc _hsmi __hssc __hstc __hsfp hsctatracking __s emci emdi "
    "ml_subscriber ml_subscriber_hash elqtrack elqtrackid nr_email_referer "
    "ss_source ss_campaign_id ss_email_id trk_contact trk_msg trk_module trk_sid "
    # Campaigns and the way inside a site
    "s_kwcid ref_src ref_url referrer referer original_referer refsource xtor xtref wt_mc wt_mc_id "
    "wt_zmc wtmc wt.mc_id wt.zmc smtyp sr_share cmpredirect _ga _gl __twitter_impression "
    "traffic_source mod __source sh rss fromrss from_rss tpcc int_campaign int_medium int_source "
    "int_placement guccounter soc_src soc_trk ns_mchannel ns_source ns_campaign ns_linkname ns_fee "
    "cxrecs_s cx_click sca_ref _openstat ga_source ga_medium ga_term ga_content ga_campaign ga_place "
    "stm_source stm_medium stm_campaign stm_content stm_term partner source "
    # Sessions
    "phpsessid jsessionid sessionid sid cfid cftoken oscsid zenid "
    # Variants
    "amp outputtype print printable printview print_view view_mode mobile m nomobile desktop "
    "replytocom share nb ipcc".split()
)
#: Of campaigns and the way inside a site, those by which other sites number what they publish.
_DOUBTFUL = frozenset(
    "s_cid ncid ocid icid cmpid cmp cmp_id campaign_id ref ref_ smid ito iref feature spm scm taid "
    "feed_id intcmp intcid ftag sc_cid sc_campaign mbid".split()
)
_DROPPED_PREFIXES = tuple(
    "utm_ utm- mtm_ matomo_ piwik_ hsa_ oly_ vero_ itm_ gaa_ bsft_ guce_referrer cx_testid "
    "cx_testvariant cx_artpos".split()
)
#: AT Internet's and Piwik's, and whatever else begins so.
_DOUBTFUL_PREFIXES = ("at_", "pk_")
_TAG = re.compile(r"(?:amp;)?(?:at|pk)_(?!(?:id|nr|no|num|number|key)=)", re.IGNORECASE)
#: Of those that are dropped, these are only with a value that says "yes" or names the variant: with
#: another value they may be an article's number.
_ONLY_AS_SWITCH = frozenset(
    "amp print printable mobile m desktop nomobile share rss sid mod sh nb".split()
)
_SWITCH_VALUES = frozenset(["", "1", "true", "yes", "y", "amp", "html", "mobile", "print"])
_DROPPED_WITH = {
    "outputtype": frozenset(["amp"]),
    "view_mode": frozenset(["amp", "print", "mobile"]),
    "partner": frozenset(["rss", "feed"]),
    "source": frozenset(["rss", "feed", "newsletter"]),
}
#: What may number an article: figures, a code with some (``4045-USHJ-3810``), words that are joined
#: (``the-ferry-is-back``). ``home``, ``rss2`` and ``hp-top`` do not.
_NUMBER = re.compile(
    r"\d{1,30}|(?=(?:[^\d]{0,40}\d){3})[a-z\d._:-]{3,80}|[a-z\d]{1,30}(?:[-_][a-z\d]{1,30}){2,20}",
    re.IGNORECASE | re.ASCII,
)
_SCRIPT = re.compile(
    r"[a-z]{2,20}(?:[-_][a-z]{2,20})?\.(?:php\d?|phtml|aspx?|jsp|jspx|cfm|cgi|pl|do|action|dll)",
    re.IGNORECASE | re.ASCII,
)
#: A last segment that says "show one", and not which; whole, lower case.
_SHOWS = frozenset(
    "article articles artikel artikelen articolo articulo artigo artykul beitrag bericht clanek cikk "
    "content detail details detalle dettaglio display doc document entry eintrag fullstory get haber "
    "item leer leggi lesen lire materia meldung nachricht news newsdetail newsitem node nota noticia "
    "noticias notizia nyhet nieuws page post read record release show story stories text ver view "
    "viewarticle viewstory wiadomosc zprava".split()
)
_FIGURES = re.compile(r"\d{3}")


def kept_parts(query: str, path: str, counting: frozenset[str] = frozenset()) -> list[str]:
    """The parts of ``query``, as they stand, that tell articles apart, in its order.

    Args:
        query: without its question mark.
        path: of the same address.
        counting: doubtful parameters (names, lower case) that have shown that they count here.
    """
    kept: list[str] = []
    doubtful: list[str] = []
    for part in query.split("&"):
        name, _, value = part.partition("=")
        if not name:
            continue
        if "%" in part:
            name, value = unquote(name), unquote(value)
        name = name.lower()
        if not _dropped(name, value.lower()):
            kept.append(part)
        elif _may_number(name, value):
            if counting and _plain(name) in counting:
                kept.append(part)
            doubtful.append(part)
    if kept or not doubtful or not _names_nothing(path):
        return kept
    # What begins like a campaign's tag is one, unless it says that it is a number.
    return [part for part in doubtful if not _TAG.match(part)]


def counting_parameters(
    query: str, path: str = "", counting: frozenset[str] = frozenset()
) -> list[tuple[str, str]]:
    """Names, lower case, and values of the parameters that the key keeps, decoded."""
    found = []
    for part in kept_parts(query[:LONGEST], path, counting):
        name, _, value = part.partition("=")
        found.append((unquote(name).lower(), unquote(value)))
    return found


def doubtful_parameters(query: str) -> dict[str, str]:
    """The doubtful parameters of ``query`` whose value may number an article, with it."""
    found: dict[str, str] = {}
    for part in query[:LONGEST].split("&"):
        name, _, value = part.partition("=")
        if "%" in part:
            name, value = unquote(name), unquote(value)
        if _may_number(name.lower(), value):
            found.setdefault(_plain(name.lower()), value)
    return found


@lru_cache(maxsize=4096)
def counted_in(key: str) -> frozenset[str]:
    """The doubtful parameters that the address key ``key`` keeps: other addresses of its article are
    to be folded with them, or they would be taken for the address of another.
    """
    query = key.partition("?")[2].partition("#")[0]
    return frozenset(doubtful_parameters(query)) if query else frozenset()


def _plain(name: str) -> str:
    # Whoever took the address out of HTML may have left the ampersand's name in.
    return name.removeprefix("amp;")


def _dropped(name: str, value: str) -> bool:
    name = _plain(name)
    if name.startswith(_DROPPED_PREFIXES):
        return True
    if name in _DROPPED_WITH:
        return value in _DROPPED_WITH[name]
    if name in _ONLY_AS_SWITCH:
        return value in _SWITCH_VALUES
    return name in _DROPPED or name in _DOUBTFUL or name.startswith(_DOUBTFUL_PREFIXES)


def _may_number(name: str, value: str) -> bool:
    name = _plain(name)
    if name not in _DOUBTFUL and not name.startswith(_DOUBTFUL_PREFIXES):
        return False
    return _NUMBER.fullmatch(value[:200]) is not None


def _names_nothing(path: str) -> bool:
    """Whether a path is that of a script, or a bare "view", which names no article by itself."""
    *folders, last = path.rstrip("/").split("/")
    if last.lower() not in _SHOWS and not _SCRIPT.fullmatch(last):
        return False
    # A number or a headline before it does: /2026/11/20/the-ferry-is-back/view
    return not any(_FIGURES.search(folder) or folder.count("-") >= 2 for folder in folders)
