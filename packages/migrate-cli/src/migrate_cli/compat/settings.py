"""The settings of an Alembic project: an ini file, `[tool.alembic]` of a pyproject.toml, or both."""

from __future__ import annotations

import configparser
import os
import re
import sys
import tomllib
from argparse import Namespace
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, TextIO

from .alembic.util import CommandError, asbool, write_outstream
from .alembic.util.compat import read_config_parser

TEMPLATES = Path(__file__).with_name("templates")

_SEPARATORS = {
    "space": " ",
    "newline": "\n",
    "os": os.pathsep,
    ":": ":",
    ";": ";",
}


class Config:
    """The settings of an Alembic project.

    Attributes:
        config_file_name: The ini file; None if there is none.
        toml_file_name: The pyproject.toml; None if there is none.
        config_ini_section: Its section that counts.
        cmd_opts: The command line, parsed; None if there is none.
        attributes: What the host program hands to env.py.
        output_buffer: Where SQL scripts are written.
        stdout: Where listings are written.
    """

    config_file_name: str | os.PathLike[str] | None = None
    toml_file_name: str | os.PathLike[str] | None = None
    config_ini_section: str = "alembic"
    cmd_opts: Namespace | None = None

    def __init__(
        self,
        file_: str | os.PathLike[str] | None = None,
        toml_file: str | os.PathLike[str] | None = None,
        ini_section: str = "alembic",
        output_buffer: TextIO | None = None,
        stdout: TextIO | None = None,
        cmd_opts: Namespace | None = None,
        config_args: Mapping[str, Any] | None = None,
        attributes: dict[str, Any] | None = None,
    ) -> None:
        self.config_file_name = file_
        self.toml_file_name = toml_file
        self.config_ini_section = ini_section
        self.output_buffer = output_buffer if output_buffer is not None else sys.stdout
        self.stdout = stdout if stdout is not None else sys.stdout
        self.cmd_opts = cmd_opts
        self.config_args = dict(config_args or {})
        if attributes:
            self.attributes.update(attributes)

    @cached_property
    def attributes(self) -> dict[str, Any]:
        """What the host program hands to env.py: a connection, for example."""
        return {}

    @property
    def messaging_opts(self) -> dict[str, Any]:
        """How the messages of commands are said: `quiet`."""
        return {"quiet": bool(getattr(self.cmd_opts, "quiet", False))}

    def print_stdout(self, text: str, *arg: Any) -> None:
        """Write a line of a listing; *text* is a format only if there are arguments."""
        output = str(text) % arg if arg else str(text)
        write_outstream(self.stdout, output, "\n", **self.messaging_opts)

    @cached_property
    def file_config(self) -> configparser.ConfigParser:
        """The ini file, with `%(here)s`; of nothing but the empty section if there is no file.

        Raises:
            CommandError: It can't be read.
        """
        file = self._config_file_path
        here = file.absolute().parent.as_posix() if file is not None else "."
        parser = configparser.ConfigParser({"here": here, **self.config_args})
        if file is not None:
            try:
                read_config_parser(parser, [file])
            except UnicodeDecodeError as err:
                raise CommandError(f"{file} is not UTF-8: {err}") from err
            except configparser.Error as err:
                raise CommandError(f"{file} can't be read: {err}") from err
        else:
            parser.add_section(self.config_ini_section)
        return parser

    @cached_property
    def toml_alembic_config(self) -> Mapping[str, Any]:
        """The table [tool.alembic]; empty if there is none.

        Raises:
            CommandError: It can't be read, or isn't a table.
        """
        file = self._toml_file_path
        if file is None or not file.is_file():
            return {}
        try:
            found = tomllib.loads(file.read_bytes().decode("utf-8-sig"))
        except (UnicodeDecodeError, tomllib.TOMLDecodeError) as err:
            raise CommandError(f"{file} is not TOML: {err}") from err
        table = found.get("tool", {}).get("alembic", {})
        if not isinstance(table, dict):
            raise CommandError(f"Incorrect TOML format: tool.alembic in {file} must be a table")
        return table

    @property
    def _config_file_path(self) -> Path | None:
        return None if self.config_file_name is None else Path(self.config_file_name)

    @property
    def _toml_file_path(self) -> Path | None:
        return None if self.toml_file_name is None else Path(self.toml_file_name)

    # sections of the ini file

    def get_section(
        self, name: str, default: Mapping[str, str] | None = None
    ) -> Mapping[str, str] | None:
        """Give all options of a section; *default* if there is no such section."""
        if not self.file_config.has_section(name):
            return default
        return dict(self.file_config.items(name))

    def get_section_option(self, section: str, name: str, default: str | None = None) -> str | None:
        """Give an option of a section; *default* if it isn't there.

        Raises:
            CommandError: There is no such section.
        """
        if not self.file_config.has_section(section):
            there = ", ".join(f"[{one}]" for one in self.file_config.sections()) or "none"
            raise CommandError(
                f"No config file {str(self.config_file_name)!r} found, or file has no "
                f"'[{section}]' section (sections: {there})"
            )
        if self.file_config.has_option(section, name):
            return self.file_config.get(section, name)
        return default

    def set_section_option(self, section: str, name: str, value: str) -> None:
        """Set an option of a section, in memory; a percent sign is written twice."""
        if not self.file_config.has_section(section):
            self.file_config.add_section(section)
        self.file_config.set(section, name, value)

    def set_main_option(self, name: str, value: str) -> None:
        """Set an option of the main section, in memory; a percent sign is written twice."""
        self.set_section_option(self.config_ini_section, name, value)

    def remove_main_option(self, name: str) -> None:
        """Take an option out of the main section; nothing happens if it isn't there."""
        self.file_config.remove_option(self.config_ini_section, name)

    def get_main_option(self, name: str, default: str | None = None) -> str | None:
        """Give an option of the main section; *default* if it isn't there."""
        return self.get_section_option(self.config_ini_section, name, default)

    # ini file, then pyproject.toml

    def get_alembic_option(self, name: str, default: Any = None) -> Any:
        """Give an option of the ini file, else of [tool.alembic], else *default*."""
        if self.file_config.has_option(self.config_ini_section, name):
            return self.file_config.get(self.config_ini_section, name)
        if self._must_have_section():
            self.get_main_option(name)
        return self._get_toml_config_value(name, default=default)

    def _must_have_section(self) -> bool:
        """Whether a missing section of the ini file is a mistake: there is nothing else to read."""
        return not self.file_config.has_section(self.config_ini_section) and not (
            self.toml_alembic_config
        )

    def _get_toml_config_value(self, name: str, default: Any = None) -> Any:
        value = self.toml_alembic_config.get(name)
        if value is None:
            return default
        file = self._toml_file_path
        here = file.absolute().parent.as_posix() if file is not None else ""
        return _interpolated(value, {"here": here, **self.config_args}, name)

    def get_alembic_boolean_option(self, name: str) -> bool:
        """Give an option that is true or false; false if it isn't there.

        Raises:
            CommandError: It is something else.
        """
        value = self.get_alembic_option(name)
        if value is None:
            return False
        try:
            return asbool(value)
        except (ValueError, TypeError) as err:
            raise CommandError(f"Invalid value for boolean option {name}: {value!r}") from err

    def get_version_locations_list(self) -> list[str] | None:
        """Give the folders of the revision files; None if they aren't said."""
        return self._paths("version_locations", r"[,\s]+", "version_path_separator")

    def get_prepend_sys_paths_list(self) -> list[str] | None:
        """Give the folders that are put first on `sys.path`; None if there are none."""
        return self._paths("prepend_sys_path", r"[\s,:]+" if os.name != "nt" else r"[\s,]+")

    def _paths(self, name: str, legacy: str, *older: str) -> list[str] | None:
        value = self.get_alembic_option(name)
        if value is None:
            return None
        if isinstance(value, list):
            return [str(one) for one in value]
        separator = self._get_file_separator_char("path_separator", *older)
        parts = re.split(legacy, value) if separator is None else value.split(separator)
        if separator == " ":
            parts = value.split()
        return [part.strip() for part in parts if part.strip()]

    def _get_file_separator_char(self, *names: str) -> str | None:
        for name in names:
            word = self.get_main_option(name) if self.config_file_name is not None else None
            if word is None:
                continue
            if word not in _SEPARATORS:
                raise ValueError(
                    f"'{word}' is not a valid value for {name}; "
                    f"expected {', '.join(map(repr, _SEPARATORS))}"
                )
            return _SEPARATORS[word]
        return None

    def get_hooks_list(self) -> list[dict[str, str]]:
        """Give what is to be run on a new revision file, in order: one mapping a hook, with its name."""
        section = self.get_section("post_write_hooks", {}) or {}
        if "hooks" not in section:
            found = self._get_toml_config_value("post_write_hooks")
            return [dict(one) for one in found or ()]
        names = [name for name in re.split(r"[,\s]+", section["hooks"]) if name]
        return [
            {
                "_hook_name": name,
                **{
                    key[len(name) + 1 :]: value
                    for key, value in section.items()
                    if key.startswith(f"{name}.")
                },
            }
            for name in names
        ]

    def get_template_directory(self) -> str:
        """Give the folder of the templates for `init`; a subclass may have one of its own."""
        return str(TEMPLATES)

    def _get_template_path(self) -> Path:
        return Path(self.get_template_directory())


def _interpolated(value: Any, names: Mapping[str, Any], key: str) -> Any:
    """Fill `%(here)s` in, in texts wherever they stand."""
    if isinstance(value, str):
        try:
            return value % names
        except (KeyError, ValueError, TypeError) as err:
            raise CommandError(
                f"tool.alembic.{key}: can't fill in {value!r}: {err} (% itself is written %%)"
            ) from err
    if isinstance(value, (bool, int)):
        return value
    if isinstance(value, list):
        return [_interpolated(one, names, key) for one in value]
    if isinstance(value, dict):
        return {name: _interpolated(one, names, key) for name, one in value.items()}
    raise CommandError(f"tool.alembic.{key}: unsupported TOML value type {type(value).__name__}")
