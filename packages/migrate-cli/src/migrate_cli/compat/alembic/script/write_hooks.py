"""What is run on a new revision file: formatters, linters, functions of the project."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import entry_points
from importlib.util import find_spec
from typing import Any, TypeVar

from ..util import CommandError, status

F = TypeVar("F", bound=Callable[..., Any])

REVISION_SCRIPT_TOKEN = "REVISION_SCRIPT_FILENAME"

_registry: dict[str, Callable[[str, dict[str, str]], None]] = {}


def register(name: str) -> Callable[[F], F]:
    """Register the decorated function as a kind of hook: it is given the file and the options."""

    def decorate(function: F) -> F:
        _registry[name] = function
        return function

    return decorate


def _invoke(name: str, revision_path: str, options: Mapping[str, Any]) -> Any:
    """Run a hook of a kind on a file.

    Raises:
        CommandError: There is no such kind, or it isn't told enough.
    """
    if name not in _registry:
        raise CommandError(f"No formatter with name '{name}' registered")
    return _registry[name](revision_path, dict(options))


def _run_hooks(path: str, hooks: Sequence[Mapping[str, str]]) -> None:
    """Run the hooks of a project on a new file, in order."""
    for hook in hooks:
        name = hook.get("_hook_name") or hook.get("name")
        if name is None:
            raise CommandError(f"A post write hook has no name: {dict(hook)}")
        kind = hook.get("type")
        if kind is None:
            raise CommandError(f"Key '{name}.type' is required for post write hook '{name}'")
        with status(f"Running post write hook '{name}'", newline=True):
            _invoke(kind, path, {**hook, "_hook_name": name})


def _parse_cmdline_options(cmdline_options_str: str, path: str) -> list[str]:
    """Split the options as a shell does, with the file in the place of its token, or first."""
    options = shlex.split(cmdline_options_str, posix=os.name == "posix")
    if REVISION_SCRIPT_TOKEN not in cmdline_options_str:
        return [path, *options]
    return [option.replace(REVISION_SCRIPT_TOKEN, path) for option in options]


def _get_required_option(options: Mapping[str, str], name: str) -> str:
    if name not in options:
        hook = options["_hook_name"]
        raise CommandError(f"Key '{hook}.{name}' is required for post write hook '{hook}'")
    return options[name]


def _run_hook(path: str, options: Mapping[str, str], command: Sequence[str]) -> None:
    """Run a command with the hook's options on a file.

    Raises:
        CommandError: It isn't there, or ends with an error; the file stays.
    """
    hook = options["_hook_name"]
    arguments = [*command, *_parse_cmdline_options(options.get("options", ""), path)]
    try:
        ended = subprocess.run(arguments, cwd=options.get("cwd"), check=False)
    except OSError as err:
        raise CommandError(f"Post write hook '{hook}' can't run {arguments[0]}: {err}") from err
    if ended.returncode:
        raise CommandError(
            f"Post write hook '{hook}' ended with status {ended.returncode}; {path} is written"
        )


@register("console_scripts")
def console_scripts(
    path: str,
    options: dict[str, str],
    ignore_output: bool = False,
    verify_version: tuple[int, ...] | None = None,
) -> None:
    """Run a console script of an installed package, of that version or a later one."""
    name = _get_required_option(options, "entrypoint")
    found = next(iter(entry_points(group="console_scripts", name=name)), None)
    if found is None:
        raise CommandError(f"Could not find entrypoint console_scripts.{name}")
    checked = f"tuple(map(int, {found.module}.__version__.split('.'))) >= {verify_version}"
    check = f"assert {checked}, {found.module}.__version__; " if verify_version else ""
    code = f"import {found.module}; {check}{found.module}.{found.attr}()"
    _run_hook(path, options, [sys.executable, "-c", code])


@register("exec")
def exec_(path: str, options: dict[str, str], ignore_output: bool = False) -> None:
    """Run a program."""
    _run_hook(path, options, [_get_required_option(options, "executable")])


@register("module")
def module(path: str, options: dict[str, str], ignore_output: bool = False) -> None:
    """Run a module, as `python -m` does."""
    name = _get_required_option(options, "module")
    if find_spec(name) is None:
        raise CommandError(f"Could not find module {name}")
    _run_hook(path, options, [sys.executable, "-m", name])
