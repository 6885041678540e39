"""nginx on this host: its configuration edited, its workers and sockets read."""
