"""What is run on each new revision file: formatters, linters, functions of plugins."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from typing import Any

from ..config import Config
from ..errors import MigrateError, PostWriteFailed, UnknownHook, ends_us, in_one_line
from ..plugins import HOOKS, installed

TOKEN = "REVISION_SCRIPT_FILENAME"
"""Stands for the file in a hook's options; without it the file comes first."""

Hook = Callable[[Path, Mapping[str, str]], None]


class _Failed(Exception):
    """A hook failed; the text says how."""


def ready(config: Config) -> list[tuple[str, Hook, Mapping[str, str]]]:
    """Find what the project's hooks are, before anything is written.

    Returns:
        (name, function, options) of each, in the order of the settings.

    Raises:
        UnknownHook: There is no such kind of hook.
        BrokenPlugin: The plugin that brings one can't be loaded.
    """
    if not config.post_write_hooks:
        return []
    brought = {plugin.name: plugin for plugin in installed(HOOKS)}
    found = []
    for number, options in enumerate(config.post_write_hooks, 1):
        name, kind = options.get("name", f"number {number}"), options["type"]
        if kind in _KINDS:
            function = _KINDS[kind]
        elif kind in brought:
            function = brought[kind].load()
        else:
            raise UnknownHook(name, kind, [*_KINDS, *brought])
        found.append((name, function, options))
    return found


def run(hooks: Sequence[tuple[str, Hook, Mapping[str, str]]], path: Path) -> None:
    """Run hooks on a new file, in order; the first that fails is the last one.

    Raises:
        PostWriteFailed: One fails; the file stays as it is then.
    """
    for name, function, options in hooks:
        try:
            function(path, options)
        except _Failed as err:
            raise PostWriteFailed(name, str(err), path) from err
        except BaseException as err:  # a plugin's code: anything may come out of it
            if ends_us(err) or isinstance(err, MigrateError):
                raise
            raise PostWriteFailed(name, in_one_line(err), path) from err


def _console_script(path: Path, options: Mapping[str, str]) -> None:
    name = _needed(options, "entrypoint")
    found = next(iter(entry_points(group="console_scripts", name=name)), None)
    if found is None:
        program = f'; it is a program: type = "exec", executable = "{name}"' if which(name) else ""
        raise _Failed(f"no installed package has a console script {name!r}{program}")
    code = f"import sys; from {found.module} import {found.attr.partition('.')[0]} as it; "
    inner = found.attr.partition(".")[2]
    _program(
        path, options, [sys.executable, "-c", f"{code}sys.exit(it{'.' if inner else ''}{inner}())"]
    )


def _executable(path: Path, options: Mapping[str, str]) -> None:
    _program(path, options, [_needed(options, "executable")])


def _module(path: Path, options: Mapping[str, str]) -> None:
    name = _needed(options, "module")
    try:
        there = find_spec(name) is not None
    except ImportError:
        there = False
    if not there:
        raise _Failed(f"there is no module {name!r} in the environment of {sys.executable}")
    _program(path, options, [sys.executable, "-m", name])


_KINDS: Mapping[str, Hook] = {
    "console_scripts": _console_script,
    "exec": _executable,
    "module": _module,
}


def _needed(options: Mapping[str, str], key: str) -> str:
    if key not in options:
        raise _Failed(
            f"type {options['type']!r} needs {key!r} in [[tool.migrate.post_write_hooks]]"
        )
    return options[key]


def _program(path: Path, options: Mapping[str, str], command: Sequence[str]) -> None:
    given = options.get("options", "")
    words = shlex.split(given, posix=os.name == "posix")
    arguments = (
        [one.replace(TOKEN, str(path)) for one in words] if TOKEN in given else [str(path), *words]
    )
    said: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    try:
        ended = subprocess.run(
            [*command, *arguments],
            cwd=options.get("cwd"),
            stdin=subprocess.DEVNULL,
            encoding="utf-8",
            errors="replace",
            check=False,
            **said,
        )
    except OSError as err:
        raise _Failed(f"can't run {command[0]}: {err.strerror or err}") from err
    if ended.returncode:
        lines = [line for line in ended.stdout.splitlines() if line.strip()]
        what = f": {lines[-1].strip()}" if lines else ""
        raise _Failed(f"it ended with status {ended.returncode}{what}")
