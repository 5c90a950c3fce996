"""Each tenant has a schema of PostgreSQL with its own version table; `-x tenant=NAME` means one of them."""

from migrate_cli.env import context, models, url
from sqlalchemy import Connection, create_engine, text


def tenants(connection: Connection) -> list[str]:
    """The schemas of tenants are those with the prefix; an application would ask a table of its own."""
    named = context.get_x_argument(as_dictionary=True).get("tenant")
    if named:
        return [named]
    schemas = text(
        "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'tenant\\_%' ORDER BY nspname"
    )
    return list(connection.scalars(schemas))


engine = create_engine(url())
with engine.connect() as connection:
    for tenant in tenants(connection):
        connection.commit()
        quoted = connection.dialect.identifier_preparer.quote_identifier(tenant)
        connection.execute(text(f"SET search_path TO {quoted}"))
        connection.commit()
        connection.dialect.default_schema_name = tenant
        context.configure(connection=connection, target_metadata=models())
        with context.begin_transaction():
            context.run_migrations()
engine.dispose()
