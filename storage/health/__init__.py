"""How sources are: what there is to judge it from, what was judged, what has changed."""
