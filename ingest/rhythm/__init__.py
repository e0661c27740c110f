"""When a source publishes: learned, and what follows for polls and for the meaning of a silence."""
