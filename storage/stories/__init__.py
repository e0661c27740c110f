"""Stories: articles from anywhere that carry one text."""
