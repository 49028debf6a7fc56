"""What every folder of tests can use."""

pytest_plugins = [
    "pytester",
    "tests.servers.fixtures",
    "tests.servers.reporting",
    "tests.sql_databases",
]
