"""The editor that a person wants to see a file in."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping

from .exc import CommandError

_USUAL = (
    ["edit.exe", "notepad.exe"]
    if os.name == "nt"
    else ["sensible-editor", "editor", "nano", "vim", "code"]
)


def open_in_editor(filename: str, environ: Mapping[str, str] | None = None) -> None:
    """Open a file in the editor that EDITOR or VISUAL name, or in a usual one.

    Args:
        filename: The file.
        environ: The environment variables; None for those of the process.

    Raises:
        CommandError: There is none, or it ended with an error.
    """
    variables = os.environ if environ is None else environ
    asked = [variables[name] for name in ("EDITOR", "VISUAL") if variables.get(name)]
    found = next(
        (
            path
            for one in (*asked, *_USUAL)
            if (path := shutil.which(one, path=variables.get("PATH")))
        ),
        None,
    )
    if found is None:
        raise CommandError(
            "No suitable editor found. Set the EDITOR or VISUAL environment variable"
        )
    try:
        subprocess.check_call([found, filename])
    except (OSError, subprocess.CalledProcessError) as err:
        raise CommandError(f"Error executing editor ({err})") from err
