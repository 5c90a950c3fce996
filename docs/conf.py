"""How the documentation is built: `nox -s docs`."""

import migrate_cli

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
