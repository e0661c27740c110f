"""Striking what is the site's and not the article's."""
