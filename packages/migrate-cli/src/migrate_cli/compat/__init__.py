"""Existing Alembic projects: the name `alembic`, as a front of what is below.

`install()` makes `import alembic` give the modules in `migrate_cli.compat.alembic`, whether or not
Alembic is installed. Nothing else of migrate knows of it, and a project of its own kind imports
nothing from here.
"""

from .alias import AlembicImported, NotOffered, install, installed

__all__ = ["AlembicImported", "NotOffered", "install", "installed"]
