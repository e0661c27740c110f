"""What a browser draws of markup that a plain reading of its elements gets wrong."""
