"""How each technology does the work of the domain's ports: one folder a technology."""
