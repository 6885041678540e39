"""What is read of the operating system and asked of it."""
