"""Ghost, Drupal, a system of one paper's own, AMP, and a German regional paper."""

from __future__ import annotations

from html import escape

from bench.pipeline.designs.flow import SECTIONS, Marks, comments, flow_markup, related, tags
from bench.pipeline.furniture import Furniture
from bench.pipeline.made_articles import MadeArticle
from bench.pipeline.page_parts import Fixed, Part, inline_json, menu, style_sheet, svg_symbols
from bench.pipeline.papers import Paper, long_date, short_date

__all__ = ["Amp", "Drupal", "GermanRegional", "Ghost", "HandMade"]


class Ghost:
    """Ghost with its default theme."""

    marks = Marks(
        paragraph="<p>{text}</p>",
        heading='<h2 id="part-{n}">{text}</h2>',
        quote="<blockquote>{text}</blockquote>",
        list="<ul>{text}</ul>",
        item="<li>{text}</li>",
        pull_quote='<blockquote class="kg-blockquote-alt">{text}</blockquote>',
        ad='<div class="kg-card kg-html-card gh-ad"><small>Advertisement</small><div id="slot-{n}"></div></div>',
        newsletter='<div class="kg-card kg-signup-card kg-width-regular" data-lexical-signup-form=""><div class="kg-signup-card-text"><h2 class="kg-signup-card-heading">Sign up for our newsletter</h2><p class="kg-signup-card-subheading">Independent reporting, three times a week.</p><form class="kg-signup-card-form"><input type="email" placeholder="Your email"><button><span>Subscribe</span></button></form><p class="kg-signup-card-disclaimer">No spam. Unsubscribe anytime.</p></div></div>',
        more='<figure class="kg-card kg-bookmark-card"><a class="kg-bookmark-container" href="{url}"><div class="kg-bookmark-content"><div class="kg-bookmark-title">{text}</div></div></a></figure>',
        image='<figure class="kg-card kg-image-card kg-card-hascaption"><img src="{src}" class="kg-image" alt="" loading="lazy"><figcaption><span style="white-space: pre-wrap;">{text} / {photographer}</span></figcaption></figure>',
        credit="<p><i><em>{text}</em></i></p>",
    )

    def __init__(self, paper: Paper) -> None:
        self._paper = paper
        names = SECTIONS[paper.language]
        item = '<li class="nav-item"><a href="{path}">{name}</a></li>'
        self._around = around = Furniture(
            paper,
            lambda block, part: f"gh-{block}-{part}",
            sections=5,
            teasers=3,
            latest=3,
            scripts=9,
            kilobytes=36,
        )
        self._head = Fixed(
            f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta name="generator" content="Ghost 6.4">{style_sheet(paper.name, 12, "gh-")}<script defer src="/public/cards.min.js?v=9c1"></script><script>window.ghostConfig={inline_json(paper.name, 5)}</script>{around.head}'
        )
        self._top = Fixed(
            f'<div class="gh-viewport">{around.above}<header id="gh-navigation" class="gh-navigation is-middle-logo gh-outer"><div class="gh-navigation-brand"><a class="gh-navigation-logo is-title" href="/">{paper.title}</a></div><nav class="gh-navigation-menu"><ul class="nav">{menu(names[:9], item)}</ul></nav><div class="gh-navigation-actions"><a href="#/portal/signin">Sign in</a><a class="gh-button" href="#/portal/signup">Subscribe</a></div></header><main class="gh-main">'
        )
        self._end = Fixed(
            f'</main><footer class="gh-footer gh-outer"><div class="gh-footer-inner"><nav class="gh-footer-menu"><ul class="nav">{menu(names[12:], item)}</ul></nav><div class="gh-footer-copyright">Powered by Ghost</div></div><section class="gh-footer-signup"><h2>Sign up for more like this</h2></section></footer></div>{svg_symbols(paper.name, 30)}<script>{inline_json(paper.name + "g", 6)}</script>{around.foot}</body></html>'
        )

    def page(self, article: MadeArticle) -> list[Part]:
        """The page of ``article``."""
        paper = self._paper
        byline = ", ".join(
            f'<a href="/author/{name.lower().replace(" ", "-")}/">{name}</a>'
            for name in article.authors
        )
        minutes = len(article.paragraphs) // 2 + 1
        return [
            self._head,
            f'{paper.metas(article)}{paper.json_ld(article, "Article")}</head><body class="post-template tag-{article.section.lower()} is-head-middle-logo has-serif-body">',
            self._top,
            f'<article class="gh-article post tag-{article.section.lower()}"><header class="gh-article-header gh-canvas"><a class="gh-article-tag" href="/tag/{article.section.lower()}/">{article.section}</a><h1 class="gh-article-title is-title">{escape(article.title)}</h1><p class="gh-article-excerpt is-body">{escape(article.standfirst)}</p>'
            f'<div class="gh-article-meta"><div class="gh-article-author-image instapaper_ignore"><img class="author-profile-image" src="/content/images/a.jpg" alt=""></div><div class="gh-article-meta-wrapper"><h4 class="gh-article-author-name">{byline}</h4><div class="gh-article-meta-content"><time class="gh-article-meta-date" datetime="{article.published:%Y-%m-%d}">{article.published:%d %b %Y}</time><span class="gh-article-meta-length"><span class="bull">—</span> {minutes} min read</span></div></div></div>{self._around.share(article)}<figure class="gh-article-image"><img src="/content/images/{article.number}.jpg" alt=""><figcaption>Picture of the day</figcaption></figure></header>'
            f'<section class="gh-content gh-canvas is-body drop-cap">{flow_markup(paper, article, self.marks)}</section></article>'
            f"""<section class="gh-container is-grid gh-outer"><div class="gh-container-inner gh-inner"><h2 class="gh-container-title">Read more</h2><div class="gh-feed">{related(paper, article, '<article class="gh-card post"><a class="gh-card-link" href="{url}"><div class="gh-card-wrapper"><h3 class="gh-card-title is-title">{text}</h3><p class="gh-card-excerpt is-body">From our archive</p></div></a></article>', 4)}</div></div></section>""",
            self._around.teasers(article),
            self._around.news(article),
            self._end,
        ]


class Drupal:
    """Drupal: fields, regions and views; Open Graph but no JSON-LD."""

    marks = Marks(
        paragraph="<p>{text}</p>\n\n",
        heading="<h3>{text}</h3>\n\n",
        quote="<blockquote>\n<p>{text}</p>\n</blockquote>\n\n",
        list="<ol>\n{text}</ol>\n\n",
        item="<li>{text}</li>\n",
        pull_quote='<div class="paragraph paragraph--type--pull-quote"><div class="field field--name-field-quote field--type-string-long field__item">{text}</div></div>\n',
        ad='<div class="block block-dfp" id="block-dfp-{n}"><div class="dfp-label">Advertisement - Continue reading below</div><div id="js-dfp-tag-{n}"></div></div>\n',
        newsletter='<div class="block block-webform newsletter-block"><h2 class="block-title">Stay informed</h2><p>Subscribe to our weekly newsletter.</p><input type="email" class="form-email"><button class="form-submit">Submit</button></div>\n',
        more='<div class="paragraph paragraph--type--related-link"><span class="label">Read also:</span> <a href="{url}" hreflang="en">{text}</a></div>\n',
        image='<figure role="group" class="caption caption-img align-center"><img src="/sites/default/files{src}" alt="" data-entity-type="file"><figcaption>{text} | Photo: {photographer}</figcaption></figure>\n',
        credit='<p class="text-align-right"><strong>{text}</strong></p>\n',
        pasted="<p><span><span><span>{text}</span></span></span></p>\n\n",
    )

    def __init__(self, paper: Paper) -> None:
        self._paper = paper
        names = SECTIONS[paper.language]
        item = '<li class="menu-item"><a href="{path}" data-drupal-link-system-path="taxonomy/term">{name}</a></li>\n'
        self._around = around = Furniture(
            paper, lambda block, part: f"block-{block} block-{block}__{part}", kilobytes=70
        )
        self._head = Fixed(
            f'<!DOCTYPE html>\n<html lang="en" dir="ltr" prefix="og: https://ogp.me/ns#">\n<head>\n<meta charset="utf-8" />\n<meta name="Generator" content="Drupal 10 (https://www.drupal.org)" />\n{style_sheet(paper.name, 18, "block-")}{around.head}'
        )
        self._top = Fixed(
            f'<a href="#main-content" class="visually-hidden focusable skip-link">Skip to main content</a><div class="dialog-off-canvas-main-canvas" data-off-canvas-main-canvas>{around.above}<div class="layout-container"><header role="banner" class="region region-header"><div id="block-site-branding"><a href="/" rel="home">{paper.title}</a></div><nav role="navigation" id="block-main-menu"><ul class="menu menu--main">{menu(names[:14], item)}</ul></nav></header>'
            '<div class="region region-breadcrumb"><nav class="breadcrumb"><ol><li><a href="/">Home</a></li><li><a href="/news">News</a></li></ol></nav></div><main role="main"><a id="main-content" tabindex="-1"></a><div class="layout-content"><div class="region region-content"><div data-drupal-messages-fallback class="hidden"></div>'
        )
        self._end = Fixed(
            f'<div class="region region-sidebar-second"><div class="block block-menu"><h2>Sections</h2><ul class="menu">{menu(names[:12], item)}</ul></div><div class="block"><h2>Poll</h2><p>Should the town have a second market day?</p><ul><li>Yes</li><li>No</li></ul></div></div></main><footer role="contentinfo" class="region region-footer"><ul>{menu(names[20:], item)}</ul><p>{paper.title} · 17 Market Street · Phone 555 0134</p></footer></div></div>'
            '<div id="sliding-popup"><h2>We use cookies on this site to enhance your user experience</h2><p>By clicking the Accept button, you agree to us doing so.</p><button class="agree-button">Accept</button></div>'
            f'<script type="application/json" data-drupal-selector="drupal-settings-json">{inline_json(paper.name, 28)}</script>{around.foot}</body></html>'
        )

    def page(self, article: MadeArticle) -> list[Part]:
        """The page of ``article``."""
        paper, n = self._paper, article.number
        byline = ", ".join(
            f'<div class="field__item"><a href="/person/{name.lower().replace(" ", "-")}" hreflang="en">{name}</a></div>'
            for name in article.authors
        )
        return [
            self._head,
            f'{paper.metas(article)}</head>\n<body class="path-node page-node-type-article node-{n}">',
            self._top,
            f'<div id="block-page-title"><h1 class="page-header"><span class="field field--name-title field--type-string field--label-hidden">{escape(article.title)}</span></h1></div>'
            f'<article data-history-node-id="{n}" class="node node--type-article node--promoted node--view-mode-full"><footer class="node__meta"><div class="field field--name-field-author field--type-entity-reference field--label-inline"><div class="field__label">By</div><div class="field__items">{byline}</div></div>'
            f'<div class="node__submitted"><time datetime="{article.published.isoformat()}">{article.published:%a, %m/%d/%Y - %H:%M}</time></div>{self._around.share(article)}</footer><div class="node__content"><div class="field field--name-field-teaser field--type-text-long field--label-hidden field__item"><p>{escape(article.standfirst)}</p></div><div class="field field--name-field-image field__item"><img src="/sites/default/files/{n}.jpg" alt=""></div>'
            f'<div class="clearfix text-formatted field field--name-body field--type-text-with-summary field--label-hidden field__item">{flow_markup(paper, article, self.marks)}</div>'
            f"""<div class="field field--name-field-tags field--label-above"><div class="field__label">Tags</div><div class="field__items">{tags(article, '<div class="field__item"><a href="{path}" hreflang="en">{text}</a></div>')}</div></div></div></article>"""
            f"""<section class="field field--name-comment comment-wrapper"><h2 class="title">Comments</h2>{comments(article, '<article class="comment js-comment"><footer class="comment__meta"><p class="comment__author">{name}</p></footer><div class="comment__content"><p>{text}</p></div></article>')}<h2 class="title comment-form__title">Add new comment</h2></section>"""
            f"""<div class="views-element-container block block-views"><h2>You may also like</h2><div class="view view-related view-id-related">{related(paper, article, '<div class="views-row"><span class="field-content"><a href="{url}" hreflang="en">{text}</a></span></div>')}</div></div>{self._around.teasers(article)}""",
            self._around.news(article),
            "</div></div>",
            self._around.beside(article),
            self._end,
        ]


class HandMade:
    """A system of the paper's own: divs and short names, nothing for machines but the title."""

    marks = Marks(
        paragraph='<div class="abs">{text}</div>\n',
        heading='<div class="zt"><b>{text}</b></div>\n',
        quote='<div class="abs zit">{text}</div>\n',
        list='<ul class="li1">{text}</ul>\n',
        item="<li>{text}</li>",
        pull_quote='<div class="pq">{text}</div>\n',
        ad='<div class="wb{n}"><span class="wbt">Advertisement</span><script>ad({n});</script></div>\n',
        newsletter='<div class="nlbox"><b>Free newsletter</b><br>All the news of the week, every Friday.<br><input name="m" size="20"><input type="button" value="OK"></div>\n',
        more='<div class="mehr">&raquo; <a href="{url}">{text}</a></div>\n',
        image='<div class="bild"><img src="{src}" width="620"><div class="bu">{text}. Picture: {photographer}</div></div>\n',
        credit='<div class="quelle">{text}</div>\n',
        stress="<b>{text}</b>",
    )

    def __init__(self, paper: Paper) -> None:
        self._paper = paper
        names = SECTIONS[paper.language]
        item = '<td class="nav" nowrap><a href="{path}" class="navl">{name}</a></td>'
        rows = "".join(
            f"<tr>{menu(names[n : n + 11], item)}</tr>" for n in range(0, len(names), 11)
        )
        self._around = around = Furniture(
            paper,
            lambda block, part: f"{block[:1]}{part[:2]}",
            sections=6,
            teasers=3,
            latest=4,
            scripts=8,
            kilobytes=40,
            lead="div",
            cell="div",
        )
        self._head = Fixed(
            f'<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"><link rel="stylesheet" href="/css/main.css?4">{style_sheet(paper.name, 8, "x")}<script>var cfg={inline_json(paper.name, 14)};function ad(n){{}}</script>{around.head}'
        )
        self._top = Fixed(
            f'</head><body bgcolor="#ffffff"><div id="wrap">{around.above}<div id="kopf"><a href="/"><img src="/img/logo.gif" alt="{paper.title}" border="0"></a><div class="datum">Your paper since 1887</div></div><table cellpadding="2" cellspacing="0" class="navt">{rows}</table><div id="links">'
            + "".join(f'<a class="l2" href="/{name.lower()}/">{name}</a><br>' for name in names)
            + '</div><div id="mitte">'
        )
        self._end = Fixed(
            f'<div id="fuss"><table class="navt">{rows}</table>&copy; {paper.title} - <a href="/imprint/">Imprint</a> - All information without guarantee</div></div><script>var st={inline_json(paper.name + "h", 8)};</script>{around.foot}</body></html>'
        )

    def page(self, article: MadeArticle) -> list[Part]:
        """The page of ``article``."""
        paper, n = self._paper, article.number
        return [
            self._head,
            f'<title>{escape(article.title)} - {paper.title}</title><meta name="description" content="{escape(article.standfirst)}">',
            self._top,
            f'<div class="pfad"><a href="/">Start</a> &gt; <a href="/{article.section.lower()}/">{article.section}</a></div><div class="art" id="a{n}"><div class="dz">{article.section}</div><h1 class="hd1">{escape(article.title)}</h1><div class="vs">{escape(article.standfirst)}</div><div class="aut">By {" and ".join(article.authors)}, {long_date(article.published, "en")}, {article.published:%H:%M}</div>'
            f'<div class="txt">{flow_markup(paper, article, self.marks)}</div><div class="fkt"><a href="javascript:print()">Print</a> | <a href="mailto:?">Send</a> | <a href="#top">Top of page</a></div></div>'
            f"""<div class="kom"><b>Readers write</b>{comments(article, '<div class="k1"><i>{name}</i><br>{text}</div>')}</div>{self._around.teasers(article)}""",
            self._around.news(article),
            f"""</div><div id="rechts"><div class="rk">Other news</div>{related(paper, article, '<div class="rz"><a href="{url}">{text}</a></div>', 8)}</div>""",
            self._around.beside(article),
            self._end,
        ]


class Amp:
    """AMP pages as the canonical ones."""

    marks = Marks(
        paragraph='<p class="p-text" data-block="{n}">{text}</p>',
        heading='<h3 class="subtitle">{text}</h3>',
        quote='<blockquote class="quote"><p class="p-text">{text}</p></blockquote>',
        list='<ul class="bullets">{text}</ul>',
        item="<li>{text}</li>",
        pull_quote='<div class="highlight"><span class="highlight-text">{text}</span></div>',
        ad='<div class="ad-box"><span class="ad-title">Advertisement</span><amp-ad width="300" height="250" type="doubleclick" data-slot="/91/amp/{n}"><div placeholder></div><div fallback></div></amp-ad></div>',
        newsletter='<div class="nl-widget"><amp-img src="/nl.png" width="40" height="40"></amp-img><span class="nl-title">Get the news by email</span><form method="post" action-xhr="/nl" target="_top"><input type="email" name="mail" required><input type="submit" value="Subscribe"></form></div>',
        more='<div class="related-inline"><span>ALSO READ | </span><a href="{url}">{text}</a></div>',
        image='<figure class="inline-figure"><amp-img src="{src}" width="720" height="405" layout="responsive" alt=""></amp-img><figcaption class="cap">{text} (Photo: {photographer})</figcaption></figure>',
        credit='<p class="p-text source-text">{text}</p>',
    )

    def __init__(self, paper: Paper) -> None:
        self._paper = paper
        names = SECTIONS[paper.language]
        item = '<li><a href="{path}">{name}</a></li>'
        self._around = around = Furniture(
            paper, lambda block, part: f"{block}-{part}", scripts=8, kilobytes=24
        )
        self._head = Fixed(
            '<!doctype html><html amp lang="en"><head><meta charset="utf-8"><script async src="https://cdn.ampproject.org/v0.js"></script>'
            + style_sheet(paper.name, 48, "i-amp-").replace("<style>", "<style amp-custom>")
            + around.head
        )
        self._top = Fixed(
            f'</head><body><amp-analytics type="gtag"><script type="application/json">{inline_json(paper.name, 9)}</script></amp-analytics><amp-sidebar id="sidebar" layout="nodisplay"><ul class="side-menu">{menu(names, item)}</ul></amp-sidebar>{around.above}<header class="top-bar"><button on="tap:sidebar.toggle">☰</button><a href="/">{paper.title}</a></header><main class="story-page">'
        )
        self._end = Fixed(
            f'</main><footer class="foot"><ul>{menu(names, item)}</ul><p>Copyright © {paper.title}. All rights reserved.</p></footer><amp-user-notification id="consent" layout="nodisplay"><p>This site uses cookies to deliver its services.</p><button on="tap:consent.dismiss">I agree</button></amp-user-notification>{around.foot}</body></html>'
        )

    def page(self, article: MadeArticle) -> list[Part]:
        """The page of ``article``."""
        paper = self._paper
        label = "Opinion | " if article.kind == "opinion" else ""
        return [
            self._head,
            paper.metas(article) + paper.json_ld(article),
            self._top,
            f'<article class="story"><ul class="crumbs"><li><a href="/">Home</a></li><li><a href="/{article.section.lower()}">{label}{article.section}</a></li></ul><h1 class="story-title">{escape(article.title)}</h1><h2 class="story-summary">{escape(article.standfirst)}</h2>'
            f"""<div class="story-info"><span class="auth">Written by {", ".join(f'<a href="/authors/{name.lower().replace(" ", "-")}">{name}</a>' for name in article.authors)}</span> <span class="upd">Published: {long_date(article.published, "en")} {article.published:%H:%M} GMT</span></div>{self._around.share(article)}<div class="share-bar"><amp-social-share type="twitter" width="32" height="32"></amp-social-share><amp-social-share type="whatsapp" width="32" height="32"></amp-social-share></div><amp-img class="lead" src="/media/{article.number}.jpg" width="900" height="506" layout="responsive" alt=""></amp-img>"""
            f"""<div class="story-body">{flow_markup(paper, article, self.marks)}</div><div class="tag-list"><span>TAGS</span>{tags(article, '<a href="{path}">{text}</a>')}</div></article>"""
            f"""<section class="more-stories"><h4>Must read</h4>{related(paper, article, '<div class="card"><a href="{url}"><amp-img src="/t/{n}.jpg" width="90" height="60"></amp-img><h5>{text}</h5></a></div>')}</section>""",
            self._around.teasers(article),
            self._around.news(article),
            self._around.beside(article),
            self._end,
        ]


class GermanRegional:
    """A regional paper of a German group: teasers everywhere, an offer to subscribe, a comment box."""

    marks = Marks(
        paragraph='<p class="article__paragraph">{text}</p>',
        heading='<h2 class="article__subheadline">{text}</h2>',
        quote='<blockquote class="article__quote"><p class="article__paragraph">{text}</p></blockquote>',
        list='<ul class="article__list">{text}</ul>',
        item='<li class="article__list-item">{text}</li>',
        pull_quote='<div class="article__pullquote"><span class="article__pullquote-text">{text}</span></div>',
        ad='<div class="ad-slot ad-slot--content" data-position="content_{n}"><span class="ad-slot__label">Anzeige</span></div>',
        newsletter='<aside class="newsletter-box"><h3 class="newsletter-box__title">Der Morgen in Ihrer Region</h3><p class="newsletter-box__text">Jeden Morgen die wichtigsten Nachrichten kostenlos per E-Mail.</p><form><input type="email" placeholder="E-Mail-Adresse"><button>Jetzt anmelden</button></form><p class="newsletter-box__legal">Mit der Anmeldung stimmen Sie der Datenschutzerklärung zu.</p></aside>',
        more='<p class="article__paragraph article__paragraph--link"><strong>Lesen Sie auch: </strong><a href="{url}">{text}</a></p>',
        image='<figure class="article__media"><img class="media__image" src="{src}" alt=""><figcaption class="media__caption">{text} <span class="media__copyright">Foto: {photographer}</span></figcaption></figure>',
        credit='<p class="article__source">{text}</p>',
        link='<a class="article__link" href="/thema/{n}" data-track="inline"><span class="article__link-text">{text}</span></a>',
        stress="<strong>{text}</strong>",
    )

    def __init__(self, paper: Paper) -> None:
        self._paper = paper
        names = SECTIONS["de"]
        item = (
            '<li class="navigation__item"><a class="navigation__link" href="{path}">{name}</a></li>'
        )
        self._around = around = Furniture(
            paper,
            lambda block, part: f"{block}__{part}",
            teasers=6,
            latest=8,
            scripts=24,
            kilobytes=90,
        )
        self._head = Fixed(
            f'<!DOCTYPE html><html lang="de"><head><meta charset="utf-8"><script>window.cmp_config={inline_json(paper.name, 40)}</script>{style_sheet(paper.name, 30, "page__")}{around.head}'
        )
        self._top = Fixed(
            f'</head><body class="page page--article">{around.above}<div class="page__header"><a class="logo" href="/">{paper.title}</a><nav class="navigation" aria-label="Hauptnavigation"><ul>{menu(names, item)}</ul></nav><a class="button" href="/abo">Jetzt Digital-Abo testen</a></div><main class="page__main"><div class="ad-slot" data-position="billboard"><span class="ad-slot__label">Anzeige</span></div>'
        )
        self._end = Fixed(
            f'</main><footer class="page__footer"><ul>{menu(names, item)}</ul><p>© {paper.title} Verlagsgesellschaft mbH. Alle Rechte vorbehalten.</p></footer><div id="sp_message_container" class="consent"><h2>Willkommen</h2><p>Nutzen Sie unser Angebot mit Werbung und Cookies wie gewohnt oder schließen Sie ein Pur-Abo ab.</p><button>Zustimmen und weiter</button></div>{svg_symbols(paper.name, 35)}<script>window.utag_data={inline_json(paper.name + "d", 45)}</script>{around.foot}</body></html>'
        )

    def page(self, article: MadeArticle) -> list[Part]:
        """The page of ``article``."""
        paper = self._paper
        byline = " und ".join(
            f'<a class="author__link" href="/autor/{name.lower().replace(" ", "-")}">{name}</a>'
            for name in article.authors
        )
        return [
            self._head,
            paper.metas(article) + paper.json_ld(article),
            self._top,
            f'<article class="article article--{article.kind}"><header class="article__header"><span class="article__kicker">{article.section}</span><h1 class="article__headline">{escape(article.title)}</h1><p class="article__teaser">{escape(article.standfirst)}</p><div class="article__meta"><span class="article__author">Von {byline}</span><time class="article__date" datetime="{article.published.isoformat()}">{short_date(article.published)}</time><span class="article__readtime">Lesezeit: {len(article.paragraphs) // 2 + 1} Min</span></div><div class="article__share"><button>Teilen</button><button>Merken</button><button>Drucken</button></div>{self._around.share(article)}</header>'
            f"""<div class="article__body">{flow_markup(paper, article, self.marks)}</div><ul class="article__tags">{tags(article, '<li><a href="{path}">{text}</a></li>')}</ul></article>"""
            f"""<section class="teaser-list"><h2 class="teaser-list__title">Mehr zum Thema</h2>{related(paper, article, '<article class="teaser"><a class="teaser__link" href="{url}"><h3 class="teaser__headline">{text}</h3></a></article>', 8)}</section><section class="comments"><h2>Kommentare</h2>{comments(article, '<div class="comment"><strong>{name}</strong><p class="comment__text">{text}</p></div>')}<p>Bitte melden Sie sich an, um zu kommentieren.</p></section>""",
            self._around.teasers(article),
            self._around.news(article),
            self._around.beside(article),
            self._end,
        ]
