"""From the bytes of an answer to its body, and from the body to text."""
