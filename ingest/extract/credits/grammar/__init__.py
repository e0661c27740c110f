"""The words that announce credits: folded, matched, and what each of them says."""
