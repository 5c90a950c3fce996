"""`from alembic import op`: speaks for the operations that are active."""

from .operations import Operations

Operations.create_module_class_proxy(globals(), locals())
