"""What can be wrong with plugins, and with what is run on a new file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..paths import shown
from .base import ConfigurationError, ScriptError, did_you_mean, near


class BrokenPlugin(ConfigurationError):
    """A plugin that is needed can't be loaded, or fails.

    Attributes:
        group: The kind of plugin: its group of entry points.
        name: Its name there.
        distribution: What it came with; "" if that isn't known.
        reason: What it says.
    """

    def __init__(self, group: str, name: str, distribution: str, reason: str) -> None:
        self.group, self.name, self.distribution, self.reason = group, name, distribution, reason
        of = f" of {distribution}" if distribution else ""
        super().__init__(f"plugin {name!r} ({group}){of} is broken: {reason}")


class PostWriteFailed(ScriptError):
    """Something that is run on each new revision file failed; the file is written.

    Attributes:
        hook: Its name in the settings.
        reason: What went wrong.
        path: The revision file, as it is now.
    """

    def __init__(self, hook: str, reason: str, path: Path) -> None:
        self.hook, self.reason, self.path = hook, reason, path
        super().__init__(
            f"post-write hook {hook!r} failed: {reason}\n"
            f"{shown(path)} is written; mend it or the hook, or remove the file and begin anew"
        )


class UnknownHook(ConfigurationError):
    """A post-write hook is of a kind that there isn't; nothing was written.

    Attributes:
        hook: Its name in the settings.
        kind: Its kind, as it is written there.
    """

    def __init__(self, hook: str, kind: str, known: Sequence[str]) -> None:
        self.hook, self.kind = hook, kind
        mend = did_you_mean(near(kind, known)) or f"; there are {', '.join(known)}"
        super().__init__(f"post-write hook {hook!r} is of type {kind!r}, which there isn't{mend}")
