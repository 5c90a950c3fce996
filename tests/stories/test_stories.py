"""Sessions at the prompt: what a person types, and exactly what they see.

A story is a text file. A line that begins with `$ ` is typed; it runs in a shell, in one empty
folder for the whole story; `$ export NAME=value` holds for what follows. The lines below it are what comes out, stdout and stderr in the order
in which they came, and `[3]` at the end is an exit status other than 0. Lines before the first
`$ ` say what the story is about. A line `$ write FILE` writes the lines below it, up to the next
`$ `, into a file.

What differs from run to run is written as: /app (the folder), YYYY_MM_DD, N ms.
`RENEW_STORIES=1 pytest tests/stories` writes what comes out into the files, to be read in review.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from stories.warm import Warm

PROGRAMS = {"migrate": "-m migrate_cli", "python": "", "pytest": "-m pytest", "flask": "-m flask"}
"""What may be typed besides the system's own programs, and how this Python runs it."""

STORIES = sorted(Path(__file__).parent.glob("*.txt"))


COLD = {"first_steps"}
"""Stories whose commands are processes of their own, as a person's are; see `warm` for the others."""


@pytest.mark.parametrize("story", STORIES, ids=lambda path: path.stem)
@pytest.mark.slow
def test_story(story: Path, tmp_path: Path) -> None:
    told = story.read_text(encoding="utf-8")

    heard = play(told, tmp_path, cold=story.stem in COLD)

    if os.environ.get("RENEW_STORIES"):
        story.write_text(heard, encoding="utf-8")
    assert heard == told


@pytest.mark.parametrize("story", ["sixteen_mistakes"])
def test_a_mistake_is_told_in_five_lines(story: str) -> None:
    told = (Path(__file__).parent / f"{story}.txt").read_text(encoding="utf-8")

    answers = re.findall(r"^((?:Error|Refused|Usage): .*?)(?=^\[\d+\]$|^$|\Z)", told, re.M | re.S)

    assert len(answers) >= 16
    assert [answer for answer in answers if len(answer.splitlines()) > 5] == []


def test_there_are_stories() -> None:
    assert STORIES


def play(story: str, folder: Path, *, cold: bool = False) -> str:
    """Run a story's commands in a folder, and give the story as it went.

    Args:
        story: Its text.
        folder: An empty folder.
        cold: Whether each `migrate` is a Python of its own; else it is forked from one that is warm.
    """
    head, *scenes = re.split(r"^(?=\$ )", story, flags=re.MULTILINE)
    seen = environment(folder)
    if not cold:
        program = Path(seen["PATH"].partition(os.pathsep)[0], "migrate")
        program.write_text(f'#!/bin/sh\nexec {warm().program} "$@"\n')
    return head + "".join(scene_played(scene, folder, seen) for scene in scenes)


def scene_played(scene: str, folder: Path, seen: dict[str, str]) -> str:
    """Run one command in an environment, and give it with what came out."""
    typed, _, told = scene.partition("\n")
    command = typed.removeprefix("$ ")
    if command.startswith("export "):
        name, _, value = command.removeprefix("export ").partition("=")
        seen[name] = value
        return scene
    if command.startswith("write "):
        file = folder / command.removeprefix("write ")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(told.rstrip("\n") + "\n", encoding="utf-8")
        return scene
    done = subprocess.run(
        ["/bin/sh", "-c", f"exec 2>&1\n{command}"],
        cwd=folder,
        env=seen,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=300,  # generous: the machine may be busy
    )
    heard = steady(done.stdout, folder).rstrip("\n")  # the story has its own empty lines
    heard += "\n" if heard else ""
    status = f"[{done.returncode}]\n" if done.returncode else ""
    gap = "\n" * (len(told) - len(told.rstrip("\n")) - 1) if told.strip() else told
    return f"{typed}\n{heard}{status}{gap}"


def environment(folder: Path) -> dict[str, str]:
    """What the commands see: this Python's `migrate`, nothing of the developer's own settings.

    Compiled modules are kept outside of the folder, and shared by the stories of a process.
    """
    programs = folder.with_name(f"{folder.name}-bin")
    programs.mkdir()
    for name, module in PROGRAMS.items():
        (programs / name).write_text(f'#!/bin/sh\nexec {sys.executable} {module} "$@"\n')
        (programs / name).chmod(0o755)
    return {
        "PATH": f"{programs}{os.pathsep}{os.defpath}",
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),  # the packages that the tests import
        "PYTHONPYCACHEPREFIX": str(folder.parent / "compiled"),
        "PYTHONUNBUFFERED": "1",
    }


@cache
def warm() -> Warm:
    """The process that this one's stories fork from, if there are any."""
    return Warm()


def steady(text: str, folder: Path) -> str:
    """Write what differs from run to run in a way that doesn't."""
    text = text.replace(str(folder), "/app")
    text = re.sub(r"\b\d{4}_\d\d_\d\d_", "YYYY_MM_DD_", text)
    text = re.sub(r"\b\d+ ms|\b\d+\.\d s\b|\b\d+\.\d\ds\b", "N ms", text)
    return re.sub(r"environment of \S+", "environment of PYTHON", text)
