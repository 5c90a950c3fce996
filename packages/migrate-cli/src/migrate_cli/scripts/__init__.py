"""Revision files: their headers read without importing them, remembered, and made a graph."""

from .folder import Loaded, Script, Scripts, load_module, loaded_source, source_of

__all__ = ["Loaded", "Script", "Scripts", "load_module", "loaded_source", "source_of"]
