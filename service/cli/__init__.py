"""The `flask …` commands of this project, found through the entry points of pyproject.toml."""
