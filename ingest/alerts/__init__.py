"""Who is told when a source's state becomes another: channels, what they tell, and when."""
