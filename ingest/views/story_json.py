"""A story as JSON: in a list, and with the articles that carry it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ingest.views.json_values import json_object
from storage.stories.queries import Story, StoryArticle

__all__ = ["story_json", "whole_story_json"]


def story_json(story: Story) -> dict[str, Any]:
    """A story of a list: ``copydesk stories --json``."""
    return json_object(story)


def whole_story_json(story: Story, members: Sequence[StoryArticle]) -> dict[str, Any]:
    """A story with its articles under ``members``: ``copydesk stories ID --json``."""
    return {**story_json(story), "members": [json_object(member) for member in members]}
