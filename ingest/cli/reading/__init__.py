"""The commands that show what is filed."""
