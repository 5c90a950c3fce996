"""`from alembic import context`: speaks for the `EnvironmentContext` that is active."""

from .runtime.environment import EnvironmentContext

EnvironmentContext.create_module_class_proxy(globals(), locals())
