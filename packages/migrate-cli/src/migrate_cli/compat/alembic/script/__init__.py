"""The revision files of an Alembic project."""

from .base import Script, ScriptDirectory

__all__ = ["Script", "ScriptDirectory"]
