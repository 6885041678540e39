"""Copies of a proven host: what an image of its disk says, and how a copy becomes a machine of its own."""
