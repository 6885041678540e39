"""Settings of the kernel."""
