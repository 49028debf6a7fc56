"""What the SQL technologies share: each port's statements and row mapping, written once.

It runs over `connection.Connection`, which MySQL and SQLite each implement, and imports no driver.
"""
