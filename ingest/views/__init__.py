"""What leaves Copydesk, in the one shape that each thing has: articles, summaries, status, exports."""
