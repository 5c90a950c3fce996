"""ddl_autogen."""

__version__ = "0.1.0"
