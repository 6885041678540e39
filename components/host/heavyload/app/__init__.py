"""The application as a service of ours, for a host on which nobody has set one up."""
