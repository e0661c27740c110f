"""The real daemon over loopback papers of which some break: is each break told, and nothing else?"""
