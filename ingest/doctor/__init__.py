"""What may be wrong with an installation, looked at one thing after another, each with its remedy."""
