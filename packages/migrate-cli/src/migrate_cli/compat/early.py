"""Installs the alias by being imported, for programs that load plugins before any code of one's own.

`pytest -p migrate_cli.compat.early` is before pytest-alembic, which pytest loads by itself.
"""

from .alias import install

install()
