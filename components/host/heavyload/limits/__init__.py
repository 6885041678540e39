"""How many files may be open."""
