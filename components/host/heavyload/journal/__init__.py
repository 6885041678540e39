"""A change that goes through as a whole or not at all, and everything that takes it back. It knows no server."""
