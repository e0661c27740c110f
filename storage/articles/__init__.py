"""Articles in their tables: filed once, revised when their publisher changes them, cleaned, indexed."""

from storage.articles.saving import Saved, save_article

__all__ = ["Saved", "save_article"]
