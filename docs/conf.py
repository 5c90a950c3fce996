"""How the documentation is built: `nox -s docs`."""

from importlib import import_module
from typing import Any

import migrate_cli
from sphinx.addnodes import pending_xref
from sphinx.util import logging

project = "migrate"
author = "The migrate developers"
copyright = "2026, the migrate developers"  # noqa: A001 - Sphinx's name
version = release = migrate_cli.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.intersphinx",
    "sphinx.ext.napoleon",
    "sphinx.ext.viewcode",
    "sphinx_copybutton",
]
exclude_patterns = ["_build", "inventories/README.md"]

html_theme = "furo"
html_title = "migrate"

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
copybutton_prompt_text = r"\$ |>>> |\.\.\. "
copybutton_prompt_is_regexp = True

default_role = "code"  # docstrings write `code` as Markdown does
autodoc_member_order = "bysource"
autodoc_default_options = {"exclude-members": "cache_ok, inherit_cache"}  # SQLAlchemy's own
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True  # what "Attributes:" tells belongs to the class's own text

# No network while building: the inventories are kept in the repository.
intersphinx_mapping = {
    "python": ("https://docs.python.org/3", "inventories/python.inv"),
    "sqlalchemy": ("https://docs.sqlalchemy.org/en/21", "inventories/sqlalchemy.inv"),
}

FACES = [
    "ddl_constructs",
    "revgraph",
    "revgraph.errors",
    "ddl_autogen",
    "migrate_cli",
    "migrate_cli.commands",
    "migrate_cli.compat",
    "migrate_cli.env",
    "migrate_cli.errors",
]
"""The modules whose `__all__` is public: every name in it stands in the reference."""

for _face in map(import_module, FACES):
    for _name in _face.__all__:  # autodoc doesn't see what is imported when it is asked for
        setattr(_face, _name, getattr(_face, _name))


def undocumented(_app: Any, env: Any) -> None:
    """Warn of each public name that the reference lacks."""
    objects = env.get_domain("py").objects
    for face in FACES:
        for name in sorted(import_module(face).__all__):
            if f"{face}.{name}" not in objects and name != "__version__":
                logging.getLogger(__name__).warning(
                    "%s.%s is public, and not in docs/reference", face, name
                )


ERRORS = {
    (face.partition(".")[0], name): f"{face}.{name}"
    for face in reversed(FACES)
    for name in import_module(face).__all__
    if isinstance(kind := getattr(import_module(face), name), type) and issubclass(kind, Exception)
}
"""(package, error's short name) -> its full name: two packages may each have one of the same name."""


def own_errors(_app: Any, page: Any) -> None:
    """Let an error that a docstring names be that of its own package."""
    for link in page.findall(pending_xref):
        package = (link.get("py:module") or "").partition(".")[0]
        if full := ERRORS.get((package, link.get("reftarget"))):
            link["reftarget"] = full


def setup(app: Any) -> None:
    """Have names linked when a page is read, and the reference checked when all are."""
    app.connect("doctree-read", own_errors)
    app.connect("env-check-consistency", undocumented)
