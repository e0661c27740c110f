"""Commands killed with SIGKILL at random points, and what is left compared with what must be there."""
