"""MySQL 8.4+ and MariaDB 10.11+ by aiomysql."""
