"""What the env.py of a project reads beside its settings, as it goes along when the project is handed to Alembic."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator
from configparser import Error as ConfigParserError
from configparser import RawConfigParser
from pathlib import Path

from ..config import Config
from ..errors import BadConfiguration, BadScript
from ..url import has_secret
from .carried import KNOWN

_TEMPLATES_OURS = re.compile(rb"migrate_cli|\bliteral\(|\bcomma\(|\$\{parameters\}")
_OP = re.compile(rb"^(from[ \t]+)migrate_cli([ \t]+import[ \t]+op[ \t]*)$", re.MULTILINE)


def options(config: Config, folder: Path, *, url: bool) -> Iterator[str]:
    """Yield the lines of [alembic] that only env.py can be meant to read.

    Args:
        config: The project.
        folder: Where they are to be.
        url: Whether its URL is among them, as that of the settings isn't written.
    """
    others = KNOWN - {"sqlalchemy.url"} if url else KNOWN
    for section, key, value in _said(config, folder):
        if section == "alembic" and key not in others and not has_secret(value):
            yield f"{key} = {value}".rstrip()


def sections(config: Config, folder: Path) -> Iterator[str]:
    """Yield the other sections: loggers, and a database each where there are several."""
    last = None
    for section, key, value in _said(config, folder):
        if section in ("alembic", "post_write_hooks") or has_secret(value):
            continue
        if section != last:
            yield ""
            yield f"[{section}]"
            last = section
        yield f"{key} = {value}".rstrip()


def secrets(config: Config, folder: Path) -> Iterator[str]:
    """Yield where the ini has a URL with a password, which isn't written down anywhere else."""
    for section, key, value in _said(config, folder):
        if has_secret(value):
            yield f"{key} of [{section}] has a password, so it isn't written down"


def _said(config: Config, folder: Path) -> Iterator[tuple[str, str, str]]:
    """Yield what the ini says, as another one in a folder would: section, option, value.

    Raises:
        BadConfiguration: It can't be read.
    """
    if config.env_ini is None or not (config.scripts / "env.py").is_file():
        return
    parser = RawConfigParser()
    try:
        parser.read_string(config.env_ini.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, ConfigParserError) as err:
        raise BadConfiguration(config.env_ini, None, f"can't be read: {err}") from err
    here = Path(os.path.relpath(config.env_ini.parent, folder)).as_posix()
    for section in parser.sections():
        for key, value in parser.items(section):
            said = value.replace("%(here)s", f"%(here)s/{here}")
            yield section, key, said.replace("\n", "\n    ")


def told(path: Path, content: bytes) -> frozenset[str]:
    """Give the keywords that an env.py hands on by `run_migrations`; "**" for what can't be read there.

    Raises:
        BadScript: It isn't Python.
    """
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError) as err:
        raise BadScript(path, getattr(err, "lineno", None), f"is not Python: {err}") from err
    return frozenset(
        one.arg or "**"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "run_migrations"
        for one in node.keywords
    )


def template(config: Config) -> bytes | None:
    """Give the project's template of new files, if Alembic can fill it in; None if it can't, or there is none."""
    file = config.scripts / "script.py.mako"
    if not file.is_file():
        return None
    content = _OP.sub(rb"\1alembic\2", file.read_bytes())
    return None if _TEMPLATES_OURS.search(content) else content
