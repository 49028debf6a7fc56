"""What Alembic runs for every command that needs the database; `session` prepares it."""

from alembic import context

attributes = context.config.attributes

with attributes["connect"]() as connection:
    context.configure(
        connection=connection,
        transaction_per_migration=True,
        on_version_apply=attributes["on_version_apply"],
    )
    with context.begin_transaction():
        context.run_migrations()
