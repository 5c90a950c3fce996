"""Opening revision files in the person's editor."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..config import Config
from ..errors import EditorFailed, NoEditor
from ..scripts import Scripts
from .graph import named

VARIABLES = ("EDITOR", "VISUAL")
"""Where a person says which editor is theirs; the first that names a program counts."""

USUAL = ("sensible-editor", "nano", "vim", "vi", "emacs", "code", "notepad")
"""Editors that are looked for where no variable names one."""


@dataclass(frozen=True)
class Edited:
    """What was opened.

    Attributes:
        editor: The program, with its arguments.
        paths: The revision files, in the order in which they were opened.
        passed_over: Variables before it that name a program which isn't there: "$EDITOR (vmi)".
    """

    editor: tuple[str, ...]
    paths: tuple[Path, ...]
    passed_over: tuple[str, ...] = ()


def edit(config: Config, targets: Sequence[str], applied: Sequence[str] | None = None) -> Edited:
    """Open revision files in an editor, one after the other, and wait for it.

    Args:
        config: The project's settings.
        targets: What is to be opened, as in `show`.
        applied: Heads that the database is at, for "current"; None if it wasn't asked.

    Raises:
        UsageError: A target is unknown or ambiguous, or names nothing.
        NoEditor: No editor is said or found.
        EditorFailed: It ended with another status than 0; what comes after isn't opened.
    """
    scripts = Scripts.of(config)
    ids = dict.fromkeys(named(scripts, targets, applied))
    paths = [scripts.by_id[one].path for one in ids]
    editor, passed_over = _editor()
    for path in paths:
        done = subprocess.run([*editor, str(path)], check=False)
        if done.returncode:
            raise EditorFailed(editor[0], done.returncode, path)
    return Edited(editor, tuple(paths), passed_over)


def _editor() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Find the editor: what a variable names, whole or with arguments, else a usual one.

    Returns:
        The program with its arguments; and what was passed over, as `Edited` has it.
    """
    passed_over: list[str] = []
    for variable in VARIABLES:
        said = os.environ.get(variable, "").strip()
        for words in ([said], shlex.split(said) if said else []):
            if words and words[0] and (program := shutil.which(words[0])):
                return (program, *words[1:]), tuple(passed_over)
        if said:
            passed_over.append(f"${variable} ({said})")
    for name in USUAL:
        if program := shutil.which(name):
            return (program,), tuple(passed_over)
    raise NoEditor(VARIABLES)
