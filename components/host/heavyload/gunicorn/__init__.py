"""gunicorn on this host: people's own configuration kept, ours read after it."""
