"""WordPress as most local papers have it: a classic theme with its plugins, and a block theme."""

from __future__ import annotations

from html import escape

from bench.pipeline.designs.flow import SECTIONS, Marks, comments, flow_markup, related, tags
from bench.pipeline.furniture import Furniture
from bench.pipeline.made_articles import MadeArticle
from bench.pipeline.page_parts import Fixed, Part, inline_json, menu, style_sheet, svg_symbols
from bench.pipeline.papers import Paper, long_date

__all__ = ["BlockTheme", "ClassicTheme"]

_EMOJI = (
    "<script>window._wpemojiSettings={{}};/*! loads emoji */!function(a,b){{}}(window,document);</script>"
    "<link rel='stylesheet' id='wp-block-library-css' href='/wp-includes/css/dist/block-library/style.min.css?ver=6.8' media='all'>"
    "<link rel='https://api.w.org/' href='/wp-json/'><link rel='EditURI' type='application/rsd+xml' title='RSD' href='/xmlrpc.php?rsd'>"
)
_SHARE = (
    '<div class="sharedaddy sd-sharing-enabled"><div class="robots-nocontent sd-block sd-social sd-sharing"><h3 class="sd-title">Share this:</h3><div class="sd-content"><ul>'
    + "".join(
        f'<li class="share-{site}"><a rel="nofollow noopener" class="share-{site} sd-button share-icon" href="#share" title="Click to share on {name}"><span>{name}</span></a></li>'
        for site, name in (
            ("facebook", "Facebook"),
            ("x", "X"),
            ("whatsapp", "WhatsApp"),
            ("email", "Email"),
        )
    )
    + "</ul></div></div></div>"
)


class ClassicTheme:
    """A classic theme: sidebar of widgets, share buttons, related posts, comments."""

    marks = Marks(
        paragraph="<p>{text}</p>\n",
        heading="<h2>{text}</h2>\n",
        quote="<blockquote><p>{text}</p></blockquote>\n",
        list="<ul>\n{text}</ul>\n",
        item="<li>{text}</li>\n",
        pull_quote='<aside class="pullquote alignright">{text}</aside>\n',
        ad='<div class="code-block code-block-{n}" style="margin: 8px auto; text-align: center;"><small>Advertisement</small><div id="div-gpt-ad-{n}"></div></div>\n',
        newsletter='<div class="mc4wp-form-wrap"><h4>Never miss a story</h4><p>Sign up for our morning newsletter and get the most important news by email.</p><form class="mc4wp-form"><input type="email" name="EMAIL" placeholder="Your email address" required><input type="submit" value="Sign up"></form></div>\n',
        more='<p><strong>Read more: <a href="{url}">{text}</a></strong></p>\n',
        image='<figure class="wp-caption alignnone"><img loading="lazy" class="size-large" src="{src}" alt="" width="1024" height="683"><figcaption class="wp-caption-text">{text}. Photo: {photographer}</figcaption></figure>\n',
        credit="<p><em>{text}</em></p>\n",
        stress="<strong>{text}</strong>",
        pasted='<p><span style="font-weight: 400;">{text}</span></p>\n',
    )

    def __init__(self, paper: Paper) -> None:
        self._paper = paper
        names = SECTIONS[paper.language]
        item = '<li class="menu-item menu-item-type-taxonomy menu-item-object-category"><a href="{path}">{name}</a></li>\n'
        self._around = around = Furniture(
            paper, lambda block, part: f"np-{block}-{part}", kilobytes=90
        )
        self._head = Fixed(
            '<!DOCTYPE html>\n<html lang="en-GB" prefix="og: https://ogp.me/ns#">\n<head>\n<meta charset="UTF-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"{_EMOJI}{style_sheet(paper.name, 14, 'wp-')}<script>var theme_config={inline_json(paper.name, 12)};</script>{around.head}"
        )
        self._top = Fixed(
            f'{around.above}<a class="skip-link screen-reader-text" href="#content">Skip to content</a><div id="page" class="site"><header id="masthead" class="site-header"><div class="site-branding"><p class="site-title"><a href="/" rel="home">{paper.title}</a></p></div>'
            f'<nav id="site-navigation" class="main-navigation"><button class="menu-toggle" aria-expanded="false">Menu</button><ul id="primary-menu" class="menu nav-menu">{menu(names[:16], item)}</ul></nav><form role="search" class="search-form"><label>Search for:<input type="search" name="s"></label></form></header>'
            '<div id="content" class="site-content"><div id="primary" class="content-area"><main id="main" class="site-main">'
        )
        self._end = Fixed(
            '<section class="widget widget_search"></section>'
            + "".join(
                f'<section class="widget widget_categories"><h2 class="widget-title">{title}</h2><ul>{menu(names[:12], item)}</ul></section>'
                for title in ("Categories", "Archives")
            )
            + f'</aside></div><footer id="colophon" class="site-footer"><div class="footer-widgets"><ul>{menu(names[20:], item)}</ul><p>{paper.title} is an independent paper and belongs to its readers.</p></div>'
            f'<div class="site-info">&copy; 2026 {paper.title}. All rights reserved. <a href="https://wordpress.org/">Proudly powered by WordPress</a></div></footer></div>'
            '<div id="cookie-law-info-bar" data-nosnippet="true"><span>This website uses cookies to improve your experience. We assume you are ok with this, but you can opt out if you wish. <a class="cli_settings_button">Cookie settings</a> <a class="cli-plugin-button">ACCEPT</a></span></div>'
            f"{svg_symbols(paper.name, 20)}<script>var wpcf7={inline_json(paper.name + 'x', 10)};</script>{around.foot}</body></html>"
        )

    def page(self, article: MadeArticle) -> list[Part]:
        """The page of ``article``."""
        paper, n = self._paper, article.number
        author = article.authors[0]
        slug = author.lower().replace(" ", "-")
        byline = " and ".join(
            f'<span class="author vcard"><a class="url fn n" href="/author/{name.lower().replace(" ", "-")}/">{name}</a></span>'
            for name in article.authors
        )
        date = long_date(article.published, paper.language)
        tag_item = '<a href="{path}/" rel="tag">{text}</a> '
        replies = comments(
            article,
            '<li class="comment even depth-1"><article class="comment-body"><footer class="comment-meta"><b class="fn">{name}</b> <span class="says">says:</span></footer><div class="comment-content"><p>{text}</p></div><div class="reply"><a rel="nofollow" class="comment-reply-link" href="#respond">Reply</a></div></article></li>',
        )
        return [
            self._head,
            f'{paper.metas(article)}{paper.json_ld_graph(article)}</head>\n<body class="post-template-default single single-post postid-{n} single-format-standard">',
            self._top,
            f'<article id="post-{n}" class="post-{n} post type-post status-publish format-standard has-post-thumbnail hentry category-{article.section.lower()}">'
            f'<header class="entry-header"><span class="cat-links"><a href="/category/{article.section.lower()}/" rel="category tag">{article.section}</a></span><h1 class="entry-title">{escape(article.title)}</h1>'
            f'<div class="entry-meta"><span class="posted-on">Posted on <a href="{paper.path_of(n)}" rel="bookmark"><time class="entry-date published" datetime="{article.published.isoformat()}">{date}</time></a></span> <span class="byline"> by {byline}</span> <span class="comments-link"><a href="#respond">Leave a comment</a></span></div>{self._around.share(article)}</header>'
            f'<div class="post-thumbnail"><img width="1200" height="675" src="/wp-content/uploads/{n}-1200x675.jpg" class="attachment-post-thumbnail wp-post-image" alt=""></div>'
            f'<div class="entry-content">\n<p class="entry-excerpt"><strong>{escape(article.standfirst)}</strong></p>\n'
            f"{flow_markup(paper, article, self.marks)}{_SHARE}"
            f"""<div id="jp-relatedposts" class="jp-relatedposts"><h3 class="jp-relatedposts-headline"><em>Related</em></h3><ul class="jp-relatedposts-items">{related(paper, article, '<li class="jp-relatedposts-post"><h4><a href="{url}">{text}</a></h4></li>', 3)}</ul></div></div>"""
            f'<footer class="entry-footer"><span class="tags-links">Tagged {tags(article, tag_item)}</span></footer>'
            f'<div class="author-box"><img alt="" src="/avatar/{slug}.jpg" class="avatar avatar-96"><h3><a href="/author/{slug}/">{author}</a></h3><p>{author} reports on {article.section.lower()} for {paper.title}.</p></div></article>{self._around.teasers(article)}'
            f"""<nav class="navigation post-navigation"><h2 class="screen-reader-text">Post navigation</h2><div class="nav-links">{related(paper, article, '<div class="nav-previous"><a href="{url}" rel="prev">{text}</a></div>', 2)}</div></nav>"""
            f'<div id="comments" class="comments-area"><h2 class="comments-title">{len(article.comments)} thoughts</h2><ol class="comment-list">{replies}</ol><div id="respond" class="comment-respond"><h3 id="reply-title">Leave a Reply</h3><p class="comment-notes">Your email address will not be published. Required fields are marked *</p></div></div>',
            self._around.news(article),
            '</main></div><aside id="secondary" class="widget-area">',
            self._around.beside(article),
            self._end,
        ]


class BlockTheme:
    """A block theme: generated container classes, long inline styles, query loops."""

    marks = Marks(
        paragraph="\n<p>{text}</p>\n",
        heading='\n<h2 class="wp-block-heading">{text}</h2>\n',
        quote='\n<blockquote class="wp-block-quote is-layout-flow"><p>{text}</p></blockquote>\n',
        list='\n<ul class="wp-block-list">\n{text}</ul>\n',
        item="<li>{text}</li>\n",
        pull_quote='\n<figure class="wp-block-pullquote"><blockquote><p>{text}</p></blockquote></figure>\n',
        ad='\n<div class="wp-block-newspack-ads-ad-unit newspack_global_ad scaip-{n}" data-slot="{n}"><p class="ad-label">Advertisement</p></div>\n',
        newsletter='\n<div class="wp-block-group newsletter-cta has-base-2-background-color has-background is-layout-constrained"><h3 class="wp-block-heading">Get the day’s stories in your inbox</h3><p>Join 12,000 readers of our free daily newsletter.</p><div class="wp-block-jetpack-subscriptions"><form><input type="email" placeholder="Type your email…"><button>Subscribe</button></form></div></div>\n',
        more='\n<p class="has-small-font-size"><em>See also: <a href="{url}">{text}</a></em></p>\n',
        image='\n<figure class="wp-block-image size-large"><img decoding="async" src="{src}" alt=""><figcaption class="wp-element-caption">{text} (Image: {photographer})</figcaption></figure>\n',
        credit='\n<p class="has-text-align-right"><em>{text}</em></p>\n',
    )

    def __init__(self, paper: Paper) -> None:
        self._paper = paper
        names = SECTIONS[paper.language]
        item = '<li class="wp-block-navigation-item wp-block-navigation-link"><a class="wp-block-navigation-item__content" href="{path}"><span class="wp-block-navigation-item__label">{name}</span></a></li>'
        self._around = around = Furniture(
            paper, lambda block, part: f"wp-block-{block} is-{part}", kilobytes=110, latest=6
        )
        self._head = Fixed(
            '<!DOCTYPE html>\n<html lang="en-US">\n<head>\n<meta charset="UTF-8" />\n'
            + "".join(
                style_sheet(f"{paper.name}{n}", 9, f"wp-container-core-group-is-layout-{n}")
                for n in range(5)
            )
            + f'{_EMOJI}<script type="importmap">{inline_json(paper.name, 3)}</script>{around.head}'
        )
        self._top = Fixed(
            f'<div class="wp-site-blocks">{around.above}<header class="wp-block-template-part"><div class="wp-block-group alignwide is-content-justification-space-between is-layout-flex wp-container-core-group-is-layout-8165f36a"><p class="wp-block-site-title"><a href="/" rel="home">{paper.title}</a></p><nav class="is-responsive wp-block-navigation is-layout-flex" aria-label="Navigation"><ul class="wp-block-navigation__container">{menu(names[:20], item)}</ul></nav></div></header>'
            '<main class="wp-block-group is-layout-flow wp-block-group-is-layout-flow" style="margin-top:var(--wp--preset--spacing--60)">'
        )
        self._end = Fixed(
            f"""</main><footer class="wp-block-template-part"><div class="wp-block-group has-global-padding is-layout-constrained"><div class="wp-block-columns">{"".join(f'<div class="wp-block-column"><h2 class="wp-block-heading has-medium-font-size">{title}</h2><ul>{menu(names[9:20], item)}</ul></div>' for title in ("Sections", "About", "More"))}</div><p class="has-small-font-size">Designed with WordPress. © {paper.title}, published since 1908.</p></div></footer></div>"""
            f"<script>window.jetpackSettings={inline_json(paper.name + 'j', 20)};</script>{around.foot}{svg_symbols(paper.name, 30)}</body></html>"
        )

    def page(self, article: MadeArticle) -> list[Part]:
        """The page of ``article``."""
        paper, n = self._paper, article.number
        date = long_date(article.published, paper.language)
        byline = " and ".join(
            f'<a href="/author/{name.lower().replace(" ", "-")}/" class="wp-block-post-author-name__link">{name}</a>'
            for name in article.authors
        )
        return [
            self._head,
            f'{paper.metas(article)}{paper.json_ld_graph(article)}</head><body class="wp-singular post-template-default single single-post postid-{n} wp-embed-responsive">',
            self._top,
            f'<div class="wp-block-group has-global-padding is-layout-constrained wp-block-group-is-layout-constrained"><div class="taxonomy-category wp-block-post-terms"><a href="/category/{article.section.lower()}/" rel="tag">{article.section}</a></div><h1 class="wp-block-post-title has-x-large-font-size">{escape(article.title)}</h1>'
            f'<p class="wp-block-post-excerpt__excerpt">{escape(article.standfirst)}</p><div class="wp-block-group is-nowrap is-layout-flex wp-container-core-group-is-layout-{n % 7:x}a9{n % 5:x}"><div class="wp-block-post-author-name">By {byline}</div><div class="wp-block-post-date"><time datetime="{article.published.isoformat()}">{date}</time></div></div>{self._around.share(article)}</div>'
            f'<figure class="wp-block-post-featured-image"><img src="/wp-content/uploads/{n}.jpg" alt=""></figure>'
            f'<div class="entry-content alignfull wp-block-post-content has-global-padding is-layout-constrained wp-block-post-content-is-layout-constrained">{flow_markup(paper, article, self.marks)}</div>'
            f"""<div class="wp-block-group"><div class="taxonomy-post_tag wp-block-post-terms">{tags(article, '<a href="{path}/" rel="tag">{text}</a><span class="wp-block-post-terms__separator">, </span>')}</div></div>"""
            f"""<div class="wp-block-group alignwide"><h2 class="wp-block-heading">More posts</h2><div class="wp-block-query is-layout-flow"><ul class="wp-block-post-template is-layout-grid">{related(paper, article, '<li class="wp-block-post post-{n} post type-post"><h3 class="wp-block-post-title"><a href="{url}" target="_self">{text}</a></h3></li>')}</ul></div></div>""",
            self._around.teasers(article),
            self._around.news(article),
            self._around.beside(article),
            self._end,
        ]
