"""How the outside reaches the domain: HTTP views, commands, settings and wiring."""
