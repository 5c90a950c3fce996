"""Files of scripts: packages' resources, modules run from a path, templates filled in."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import os
import re
import tempfile
from importlib import resources
from pathlib import Path
from types import ModuleType
from typing import Any

from mako import exceptions
from mako.template import Template

from .exc import CommandError


def coerce_resource_to_filename(fname_or_resource: str) -> Path:
    """Give the path of "package:folder/file", or of a plain path."""
    package, colon, inside = fname_or_resource.partition(":")
    if os.path.isabs(fname_or_resource) or not colon:
        return Path(fname_or_resource)
    path = resources.files(package)
    for part in inside.split("/"):
        path = path.joinpath(part)
    return Path(str(path))


def load_python_file(dir_: str | os.PathLike[str], filename: str | os.PathLike[str]) -> ModuleType:
    """Run a file as a module of its own, anew each time."""
    path = Path(dir_) / filename
    name = re.sub(r"\W", "_", str(filename))
    if path.suffix in (".pyc", ".pyo"):
        return load_module_py(name, path)
    if not path.exists() and (compiled := pyc_file_from_path(path)):
        return load_module_py(name, compiled)
    return load_module_py(name, path)


def load_module_py(module_id: str, path: str | os.PathLike[str]) -> ModuleType:
    """Run a file, compiled or not, as a module with the given name; it isn't in `sys.modules`."""
    spec = importlib.util.spec_from_file_location(module_id, path)
    if spec is None or spec.loader is None:
        raise CommandError(f"Can't load {path} as a Python module")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def pyc_file_from_path(path: str | os.PathLike[str]) -> Path | None:
    """Give the compiled file of a source file: in the cache folder, or beside it; None if none."""
    path = Path(path)
    cached = Path(importlib.util.cache_from_source(str(path)))
    if cached.exists():
        return cached
    beside = (path.with_suffix(suffix) for suffix in importlib.machinery.BYTECODE_SUFFIXES)
    return next((one for one in beside if one.exists()), None)


def template_to_file(
    template_file: str | os.PathLike[str],
    dest: str | os.PathLike[str],
    output_encoding: str,
    *,
    append_with_newlines: bool = False,
    **kw: Any,
) -> None:
    """Fill in a template, and write what comes out.

    Raises:
        CommandError: It can't be filled in; the message names a file that holds the place.
    """
    template = Template(filename=str(template_file))
    try:
        written = template.render_unicode(**kw).encode(output_encoding)
    except Exception as err:
        with tempfile.NamedTemporaryFile(suffix=".txt", delete=False) as told:
            told.write(exceptions.text_error_template().render_unicode().encode(output_encoding))
        raise CommandError(
            f"Template rendering failed; see {told.name} for a template-oriented traceback."
        ) from err
    if append_with_newlines:
        with Path(dest).open("ab") as file:
            file.write(b"\n\n" + written)
    else:
        Path(dest).write_bytes(written)
