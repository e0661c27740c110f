"""What the store makes of a text by itself: its fingerprint, words, sketch. No database in here."""
