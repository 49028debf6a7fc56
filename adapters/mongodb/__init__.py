"""MongoDB, or a server of its protocol, by motor: the activity log and the configuration."""
