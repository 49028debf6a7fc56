"""SQLite by aiosqlite: the embedded default, one file that one process serves."""
