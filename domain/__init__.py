"""What the system does: entities, use-cases and the ports that they call. Standard library only."""
