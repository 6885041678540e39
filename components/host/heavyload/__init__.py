"""heavyload's host program: moves a host to a load, proves it, and puts back what it found."""
