"""What pages teach a template: learned places, one page more, what need not be searched for."""
