"""Sites built by script frameworks: class names with hashes, the page's data a second time as JSON."""

from __future__ import annotations

import json
import zlib
from html import escape

from bench.pipeline.designs.flow import SECTIONS, Marks, flow_markup, related, tags
from bench.pipeline.furniture import Furniture, Naming
from bench.pipeline.made_articles import MadeArticle
from bench.pipeline.page_parts import Fixed, Part, inline_json, menu, style_sheet, svg_symbols
from bench.pipeline.papers import Paper, long_date

__all__ = ["Fusion", "NextJs", "StyledComponents"]

_COOKIES = (
    '<div id="onetrust-consent-sdk"><div class="onetrust-pc-dark-filter"></div><div id="onetrust-banner-sdk" role="dialog" aria-label="Privacy"><h2 id="onetrust-policy-title">We value your privacy</h2>'
    '<div id="onetrust-policy-text">We and our 842 partners store and access personal data, like browsing data or unique identifiers, on your device. Selecting I Accept enables tracking technologies to support the purposes shown.</div>'
    '<button id="onetrust-accept-btn-handler">I Accept</button><button id="onetrust-reject-all-handler">Reject All</button></div></div>'
)
#: Builds that a page may come from: deployments and A/B variants live side by side.
_BUILDS = ("x7Yz3", "Qm20k", "b_9Fd")


def _modules(build: str) -> Naming:
    """Class names of CSS modules."""
    return lambda block, part: f"{block.title().replace('-', '')}_{part}__{build}"


def _hashed(block: str, part: str) -> str:
    """Class names of styled components: nothing that a reader knows."""
    return f"sc-{zlib.crc32(block.encode()) % 0xFFFFFF:06x}-{len(part)} {zlib.crc32(part.encode()) % 0xFFFFF:05x}k"


def _module_marks(build: str) -> Marks:
    return Marks(
        paragraph=f'<p class="Paragraph_paragraph__{build} Paragraph_size-m__{build[::-1]}">{{text}}</p>',
        heading=f'<h2 class="Heading_subhead__{build}">{{text}}</h2>',
        quote=f'<blockquote class="Quote_block__{build}"><p class="Quote_text__{build}">{{text}}</p></blockquote>',
        list=f'<ul class="List_list__{build}">{{text}}</ul>',
        item=f'<li class="List_item__{build}">{{text}}</li>',
        pull_quote=f'<aside class="PullQuote_root__{build}"><p>{{text}}</p></aside>',
        ad=f'<div class="AdSlot_wrapper__{build}" data-testid="ad-{{n}}"><span class="AdSlot_label__{build}">Advertisement</span><div id="ad-inline-{{n}}"></div></div>',
        newsletter=f'<section class="NewsletterPromo_root__{build}" aria-label="Newsletter"><h3 class="NewsletterPromo_title__{build}">The Morning Briefing</h3><p class="NewsletterPromo_text__{build}">Sign up for a daily digest of the stories that matter.</p><form><input type="email" aria-label="Email"><button type="submit">Sign me up</button></form></section>',
        more=f'<div class="InlineLink_root__{build}"><span class="InlineLink_label__{build}">Read more</span><a class="InlineLink_anchor__{build}" href="{{url}}">{{text}}</a></div>',
        image=f'<figure class="Figure_root__{build}"><picture><source srcset="{{src}}?w=1600 2x"><img alt="" src="{{src}}" class="Figure_image__{build}"></picture><figcaption class="Figure_caption__{build}">{{text}}<span class="Figure_credit__{build}">{{photographer}} / Stills</span></figcaption></figure>',
        credit=f'<p class="Paragraph_paragraph__{build} Source_line__{build}">{{text}}</p>',
        link=f'<a class="Link_link__{build}" href="/topic/{{n}}" data-component="inline-link"><span>{{text}}</span></a>',
    )


class NextJs:
    """Next.js with CSS modules; the article a second time in ``__NEXT_DATA__``."""

    def __init__(self, paper: Paper) -> None:
        self._paper = paper
        names = SECTIONS[paper.language]
        self._variants = []
        for build in _BUILDS:
            around = Furniture(paper, _modules(build), latest=6, kilobytes=40)
            self._variants.append(
                (build, _module_marks(build), around, self._fixed(build, names, around))
            )
        self._data = Fixed(
            f'{_COOKIES}{svg_symbols(paper.name, 40)}<script>self.__flags={inline_json(paper.name, 60)}</script><script id="__NEXT_DATA__" type="application/json">{{"page":"/[section]/[slug]","runtimeConfig":{inline_json(paper.name + "n", 40)},"props":{{"pageProps":'
        )

    def _fixed(self, build: str, names: list[str], around: Furniture) -> tuple[Fixed, Fixed, Fixed]:
        title = self._paper.title
        item = f'<li class="Nav_item__{build}"><a class="Nav_link__{build}" href="{{path}}">{{name}}</a></li>'
        return (
            Fixed(
                '<!DOCTYPE html><html lang="en"><head><meta charSet="utf-8"/><meta name="viewport" content="width=device-width"/>'
                + "".join(
                    f'<link rel="preload" href="/_next/static/css/{n:04x}{build}.css" as="style"/>'
                    for n in range(12)
                )
                + style_sheet(title + build, 16, "module_")
                + around.head
            ),
            Fixed(
                f'</head><body><div id="__next"><div class="Layout_root__{build}">{around.above}<header class="Header_root__{build}"><a class="Header_logo__{build}" href="/" aria-label="{title}"></a><nav class="Nav_root__{build}"><ul class="Nav_list__{build}">{menu(names, item)}</ul></nav><button class="Header_signin__{build}">Sign in</button></header><main class="Layout_main__{build}">'
            ),
            Fixed(
                f'</main><footer class="Footer_root__{build}"><div class="Footer_columns__{build}">'
                + "".join(
                    f'<div class="Footer_column__{build}"><h4 class="Footer_title__{build}">{head}</h4><ul>{menu(names[:9], item)}</ul></div>'
                    for head in ("News", "Opinion", "Life", "Services")
                )
                + f'</div><small class="Footer_legal__{build}">© 2026 {title} Media Ltd. Registered office: 4 Exchange Row.</small></footer>{around.foot}</div></div>'
            ),
        )

    def page(self, article: MadeArticle) -> list[Part]:
        """The page of ``article``."""
        paper, n = self._paper, article.number
        build, marks, around, (head, top, end) = self._variants[n % len(self._variants)]
        byline = "".join(
            f'<a class="Byline_author__{build}" href="/profile/{name.lower().replace(" ", "-")}">{name}</a>'
            for name in article.authors
        )
        column = f" Article_opinion__{build}" if article.kind == "opinion" else ""
        data = {
            "article": {
                "id": n,
                "headline": article.title,
                "standfirst": article.standfirst,
                "authors": [{"name": name} for name in article.authors],
                "publishedAt": article.published.isoformat(),
                "body": [
                    {"type": item.part, "html": list(item.lines)} for item in article.flow if item.lines
                ],
            },
            "related": [{"id": other, "headline": paper.headline(other)} for other in article.related],
        }  # fmt: skip
        return [
            head,
            paper.metas(article) + paper.json_ld(article),
            top,
            f'<article class="Article_root__{build}{column}"><header class="Article_header__{build}"><a class="Kicker_root__{build}" href="/{article.section.lower()}">{article.section}</a><h1 class="Headline_headline__{build}">{escape(article.title)}</h1><p class="Standfirst_standfirst__{build}">{escape(article.standfirst)}</p>'
            f'<div class="Byline_root__{build}"><span class="Byline_by__{build}">By</span>{byline}<time class="Timestamp_time__{build}" dateTime="{article.published.isoformat()}">{long_date(article.published, paper.language)}</time></div><div class="Share_root__{build}"><button>Share</button><button>Save</button><button>Gift this article</button></div>{around.share(article)}</header>'
            f'<div class="Article_grid__{build}"><div class="Article_body__{build}" data-testid="article-body">{flow_markup(paper, article, marks)}</div>'
            f"""<aside class="Rail_root__{build}"><h3 class="Rail_title__{build}">Most read</h3><ol>{related(paper, article, f'<li class="Rail_item__{build}"><a href="{{url}}">{{text}}</a></li>', 5)}</ol></aside></div>"""
            f"""<ul class="Topics_list__{build}">{tags(article, f'<li><a class="Topics_link__{build}" href="{{path}}">{{text}}</a></li>')}</ul></article>"""
            f"""<section class="Onward_root__{build}"><h2 class="Onward_title__{build}">More from {article.section}</h2>{related(paper, article, f'<div class="Card_root__{build}"><a class="Card_link__{build}" href="{{url}}"><h3 class="Card_headline__{build}">{{text}}</h3></a></div>')}</section>""",
            around.teasers(article),
            around.news(article),
            around.beside(article),
            end,
            self._data,
            json.dumps(data, ensure_ascii=False).replace("</", "<\\/"),
            '},"__N_SSG":true}</script></body></html>',
        ]


class StyledComponents:
    """Styled components: two hashes an element, the second another with each build."""

    def __init__(self, paper: Paper) -> None:
        self._paper = paper
        names = SECTIONS[paper.language]
        item = '<li class="sc-140oqnr-5 kzKIhI"><a href="{path}" class="sc-140oqnr-4 efqoVd">{name}<svg viewBox="0 0 8 8"><path d="M0 0l4 4-4 4"></path></svg></a></li>'
        self._around = around = Furniture(
            paper, _hashed, teasers=6, latest=8, scripts=22, kilobytes=60, lead="div"
        )
        self._head = Fixed(
            f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">{style_sheet(paper.name, 60, "sc-")}<script>window.digitalData={inline_json(paper.name, 30)};</script>{around.head}'
        )
        self._top = Fixed(
            f'</head><body class="sc-1fvr4xs-0">{around.above}<header class="sc-b47m3v-1 hkUyqw"><a class="sc-od5y3b-0 logo" href="/">{paper.title}</a><nav><ul class="sc-140oqnr-3">{menu(names, item)}</ul></nav></header>'
            '<div class="sc-1q2nh6w-0 xdmxd" id="frameInner">'
        )
        self._end = Fixed(
            f'</div><footer class="sc-7yq1f2-0 dXOsaP"><ul>{menu(names, item)}</ul><p class="sc-7yq1f2-3">All contents © {paper.title} 2026</p></footer>{_COOKIES}<script>window.__PRELOADED={inline_json(paper.name + "s", 45)}</script>{svg_symbols(paper.name, 60)}{around.foot}</body></html>'
        )
        self._marks = [self._marks_of(*hashes) for hashes in (("fDORXM", "gYzCaH"), ("jdNiRn", "kKZiDA"))]  # fmt: skip

    @staticmethod
    def _marks_of(one: str, two: str) -> Marks:
        return Marks(
            paragraph="<p>{text}</p>",
            heading=f'<h2 class="sc-1xt8012-1 {one}">{{text}}</h2>',
            quote=f'<blockquote class="sc-9a1b2c-0 {two}">{{text}}</blockquote>',
            list="<ul>{text}</ul>",
            item="<li>{text}</li>",
            pull_quote=f'<div class="sc-1e5g0k-0 {one} pullquote"><span>{{text}}</span></div>',
            ad=f'<div class="sc-1pfx6hk-0 {two}"><div data-mpu="true" data-tile-name="mpu_{{n}}" data-ad-unit-path="/7134/in_news/article"></div></div>',
            newsletter=f'<div class="sc-1230l3a-0 {two} newsletter-component" data-newsletter-key="headlines"><h3 class="sc-f4xtp-4 {one}">Sign up to our free Headlines email for the day’s news</h3><form class="reg-form"><label>Email<input type="text" placeholder="Email"></label><p class="sc-1vqdyfr-3 {two}">I would like to be emailed about offers, events and updates. Read our privacy policy</p></form></div>',
            more=f'<p><a href="{{url}}" class="sc-3inl-0 {one}"><strong>RECOMMENDED: {{text}}</strong></a></p>',
            image=f'<div class="sc-1mc30lb-0 {two}"><figure><img src="{{src}}" loading="lazy" alt=""><figcaption class="sc-1tqhqf9-1 {one}">{{text}} <span class="sc-1tqhqf9-2">({{photographer}})</span></figcaption></figure></div>',
            credit="<p><em>{text}</em></p>",
        )

    def page(self, article: MadeArticle) -> list[Part]:
        """The page of ``article``."""
        paper, n = self._paper, article.number
        marks = self._marks[n // 3 % 2]
        byline = " , ".join(
            f'<a href="/author/{name.lower().replace(" ", "-")}" class="sc-1qz44j0-5 eIFlFA">{name}</a>'
            for name in article.authors
        )
        live = "true" if article.kind == "list" else "false"
        return [
            self._head,
            paper.metas(article) + paper.json_ld(article),
            self._top,
            f'<article data-is-sensitive="false" data-is-best="{live}" class="sc-1i4xxi7-0 ibkBNV"><div id="top-banner-wrapper" class="sc-ikpknz-0"><div data-mpu="true" data-tile-name="top_banner"></div></div>'
            f'<header id="articleHeader" class="sc-qvufca-5 gGOekI"><nav class="sc-22qwnu-0"><a href="/news">News</a><a href="/news/{article.section.lower()}">{article.section}</a></nav><h1 class="sc-1xt8011-0 sc-qvufca-2 etdKEH">{escape(article.title)}</h1><h2 class="sc-aeekvc-0 eWgPMU"><p>{escape(article.standfirst)}</p></h2>'
            f'<div class="sc-1qz44j0-0 dmuSPO">{byline}<div id="article-published-date" class="sc-1qz44j0-1"><amp-timeago layout="fixed-height" datetime="{article.published.isoformat()}">{article.published:%A %d %B %Y %H:%M}</amp-timeago></div><a class="sc-1qz44j0-8 comment-count"><span class="plural">Comments</span></a></div>{self._around.share(article)}'
            f'<figure class="sc-1ceqcun-2"><img src="/media/{n}-1200.jpg" alt=""></figure></header>'
            f'<div class="sc-1fcmxs3-1 gypkPg main-wrapper"><div class="sc-jbiisr-0 feoRWP" id="main">{flow_markup(paper, article, marks)}</div></div>'
            f"""<div class="sc-12exmwi-0"><h2>More about</h2><ul>{tags(article, '<li class="sc-12exmwi-1"><a href="{path}">{text}</a></li>')}</ul></div>"""
            f'<div class="sc-ymr1d6-0 bookmark"><h4>Article bookmarked</h4><p>Find your bookmarks in your <a href="/premium">Premium</a> section, under my profile</p></div></article>'
            f"""<section class="sc-19afc8-0"><h2>Popular stories</h2>{related(paper, article, '<div class="sc-19afc8-2"><a href="{url}" class="title">{text}</a></div>', 8)}</section>""",
            self._around.teasers(article),
            self._around.news(article),
            self._around.beside(article),
            self._end,
        ]


class Fusion:
    """Arc Publishing: chains and features, the whole content object in a script."""

    marks = Marks(
        paragraph='<p class="c-paragraph b-article-body__paragraph">{text}</p>',
        heading='<h2 class="c-heading b-article-body__h2">{text}</h2>',
        quote='<blockquote class="c-quote b-article-body__blockquote"><p class="c-paragraph">{text}</p></blockquote>',
        list='<ul class="c-list b-article-body__list">{text}</ul>',
        item='<li class="b-article-body__list-item">{text}</li>',
        pull_quote='<blockquote class="c-quote b-article-body__pullquote"><p class="c-paragraph">{text}</p></blockquote>',
        ad='<div class="arcad-feature arcad_feature_body_{n}" data-feature="ads"><div class="ad-feature__label">ADVERTISEMENT</div><div id="arcad_{n}" class="arcad"></div></div>',
        newsletter='<div class="c-stack newsletter-interstitial" data-style-direction="vertical"><p class="c-heading">Newsletter</p><p class="newsletter-interstitial__description">The best of our reporting, every weekday at seven.</p><button type="button" class="c-button c-button--primary">Subscribe</button></div>',
        more='<div class="b-interstitial-link"><span class="b-interstitial-link__label">Related: </span><a class="c-link" href="{url}">{text}</a></div>',
        image='<figure class="c-media-item b-article-body__image"><img class="c-image" src="{src}?auth=5a" alt=""><figcaption class="c-media-item__fig-caption"><span class="c-media-item__caption">{text} </span><span class="c-media-item__credit">({photographer})</span></figcaption></figure>',
        credit='<p class="c-paragraph b-article-body__credit">{text}</p>',
    )

    def __init__(self, paper: Paper) -> None:
        self._paper = paper
        names = SECTIONS[paper.language]
        item = '<li class="section-item" data-testid="nav-item"><a class="c-link" href="{path}" aria-hidden="true" tabindex="-1">{name}</a></li>'
        self._around = around = Furniture(
            paper, lambda block, part: f"c-{part} b-{block}__{part}", latest=8, lead="div"
        )
        self._head = Fixed(
            f'<!DOCTYPE html><html lang="en"><head><meta charSet="utf-8"/><script>window.isIE=!1</script><link rel="preload" as="script" href="/pf/dist/engine/react.js?d=418"/>{style_sheet(paper.name, 24, "b-")}<script>window.__adConfig={inline_json(paper.name, 70)}</script>{around.head}'
        )
        self._top = Fixed(
            f'</head><body><div id="fusion-app" class="fusion-app">{around.above}<div class="b-right-rail"><header class="c-stack b-right-rail__navigation"><nav class="b-header-nav-chain" aria-label="Sections Menu"><button class="c-button" aria-label="Sections">Sections</button><a class="b-header-nav-chain__logo" href="/">{paper.title}</a><ul class="c-stack b-header-nav-chain__flyout">{menu(names, item)}</ul></nav></header><section class="b-right-rail__main" id="main"><div class="c-stack b-right-rail__main-left">'
        )
        self._end = Fixed(
            f"""</section><footer class="c-stack b-footer">{"".join(f'<div class="b-footer__col"><h4>{head}</h4><ul>{menu(names[9:20], item)}</ul></div>' for head in ("Sections", "Company", "Help"))}<p class="c-paragraph">Copyright © 2026 {paper.title}. This material may not be published, broadcast, rewritten or redistributed.</p></footer></div></div>{_COOKIES}{around.foot}{svg_symbols(paper.name, 25)}"""
            f'<script id="fusion-metadata" type="application/javascript">window.Fusion=window.Fusion||{{}};Fusion.arcSite="{paper.name}";Fusion.deployment="418";Fusion.layout={inline_json(paper.name + "f", 50)};Fusion.globalContent='
        )

    def page(self, article: MadeArticle) -> list[Part]:
        """The page of ``article``."""
        paper = self._paper
        byline = " and ".join(
            f'<a class="c-link b-byline__name" href="/author/{name.lower().replace(" ", "-")}/">{name}</a>'
            for name in article.authors
        )
        content = {
            "type": "story",
            "headlines": {"basic": article.title},
            "subheadlines": {"basic": article.standfirst},
            "display_date": article.published.isoformat(),
            "content_elements": [
                {"type": "text", "content": line} for item in article.flow for line in item.lines
            ],
            "credits": {"by": [{"type": "author", "name": name} for name in article.authors]},
        }
        return [
            self._head,
            paper.metas(article, times=False) + paper.json_ld(article),
            self._top,
            f'<div class="b-overline"><a href="/{article.section.lower()}/">{article.section}</a></div><h1 class="c-heading b-headline">{escape(article.title)}</h1><h2 class="c-heading b-subheadline">{escape(article.standfirst)}</h2>'
            f'<figure class="b-lead-art"><img class="c-image" src="/resizer/{article.number}.jpg" alt=""></figure><div class="b-byline"><span class="b-byline__by">By</span> <span class="b-byline__names">{byline}</span></div><time class="c-date b-date" dateTime="{article.published.isoformat()}">{long_date(article.published, "en")} at {article.published:%I:%M%p} UTC</time>{self._around.share(article)}'
            f'<article class="c-stack b-article-body b-article-body--{"opinion" if article.kind == "opinion" else "news"}">{flow_markup(paper, article, self.marks)}</article>'
            f"""<ul class="b-tags">{tags(article, '<li><a class="c-link" href="{path}">{text}</a></li>')}</ul><div class="b-full-author-bio"><p>{article.authors[0]} covers {article.section.lower()}.</p></div>{self._around.teasers(article)}</div>""",
            self._around.news(article),
            f"""<aside class="c-stack b-right-rail__rail-item"><h2 class="c-heading">Trending</h2>{related(paper, article, '<article class="b-results-list__item"><a class="c-link" href="{url}"><h2 class="c-heading">{text}</h2></a></article>')}</aside>""",
            self._around.beside(article),
            self._end,
            json.dumps(content, ensure_ascii=False).replace("</", "<\\/"),
            ";Fusion.spa=false;</script></body></html>",
        ]
