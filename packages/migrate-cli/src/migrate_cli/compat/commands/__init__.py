"""The commands of Alembic, as functions over our own classes; `alembic.command` hands them on."""
