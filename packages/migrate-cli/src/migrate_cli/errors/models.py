"""What can be wrong with a project's models."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from .base import SHOWN, ModelsError, Refused, UsageError, did_you_mean


class NoMetadata(ModelsError):
    """What is named as metadata isn't there, or nothing is named.

    Attributes:
        target: As it is written in the settings, "pkg.module:object"; None if nothing is.
        reason: What was found instead.
        candidates: Names that would do, best first; may be empty.
    """

    def __init__(self, target: str | None, reason: str, candidates: Sequence[str] = ()) -> None:
        self.target, self.reason, self.candidates = target, reason, tuple(candidates)
        what = f"[tool.migrate] metadata {target!r}: " if target else ""
        super().__init__(f"{what}{reason}{did_you_mean(self.candidates)}")


class EmptyMetadata(Refused):
    """The metadata has no tables, most likely because nothing imported their modules.

    Attributes:
        targets: The metadata as the settings name it.
        imported: Modules that were imported, sorted.
    """

    def __init__(self, targets: Sequence[str], imported: Sequence[str]) -> None:
        self.targets, self.imported = tuple(targets), tuple(imported)
        super().__init__(
            f"the models ({', '.join(targets)}) have 0 tables; "
            "probably the modules that define them are not imported\n"
            f"imported: {', '.join(imported)}\n"
            'name them, for example: [tool.migrate] models = ["myapp.**.models"]\n'
            "if there are to be none: migrate make --allow-drops"
        )


class ModelsDontImport(ModelsError):
    """A module of the project fails while it is imported.

    Attributes:
        module: The module that was asked for.
        where: File and line of the failure, "models.py:12"; None if it isn't in a file.
        reason: The exception's kind and text, in one line.
        named_by: The setting that names the module: "[tool.migrate] models"; "" if it was found
            by reading the source.
        hint: What to do; None if only the author can know.
    """

    def __init__(
        self, module: str, where: str | None, reason: str, named_by: str, hint: str | None = None
    ) -> None:
        self.module, self.where, self.reason = module, where, reason
        self.named_by, self.hint = named_by, hint
        at = f"\nat {where}" if where else ""
        mend = f"\n{hint}" if hint else ""
        who = f"named by {named_by}" if named_by else "which belongs to the models"
        if not named_by:
            mend += f'\nif it does not: [tool.migrate] models_exclude = ["{module}"]'
        super().__init__(f"can't import {module!r}, {who}: {reason}{at}{mend}")


class NoModels(ModelsError):
    """`init` found no metadata in the project's code.

    Attributes:
        root: Folder that was searched.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        super().__init__(
            f"no SQLAlchemy models found under {root}\n"
            "looked for DeclarativeBase, declarative_base(), registry(), MetaData(), SQLModel "
            "tables and db = SQLAlchemy()\n"
            "name the metadata: migrate init --metadata package.module:object"
        )


class SeveralModels(UsageError):
    """`init` found several metadata and can't know which one is meant.

    Attributes:
        candidates: What can be given to --metadata, sorted.
        notes: How many tables each has, and some of their names.
    """

    def __init__(self, candidates: Sequence[str], notes: Sequence[str]) -> None:
        self.candidates, self.notes = tuple(candidates), tuple(notes)
        listed = [f"  --metadata {c}   {n}" for c, n in zip(candidates, notes, strict=True)]
        if len(listed) > SHOWN:
            listed[SHOWN - 1 :] = [f"  and {len(candidates) - SHOWN + 1} more"]
        super().__init__(
            f"found {len(candidates)} metadata objects; choose one, or give several of\n"
            + "\n".join(listed)
        )


class NoHook(ModelsError):
    """What a setting names as a function of the project isn't there, or can't be called.

    Attributes:
        setting: The setting.
        target: As it is written there, "pkg.module:function".
        reason: What was found instead.
        candidates: Names that would do, best first; may be empty.
    """

    def __init__(
        self, setting: str, target: str, reason: str, candidates: Sequence[str] = ()
    ) -> None:
        self.setting, self.target, self.reason = setting, target, reason
        self.candidates = tuple(candidates)
        super().__init__(
            f"[tool.migrate] {setting} {target!r}: {reason}{did_you_mean(self.candidates)}"
        )


class HookFailed(ModelsError):
    """A function of the project that is asked while models and database are compared has failed.

    Attributes:
        setting: The setting that names it.
        target: As it is written there.
        where: File and line of the failure; None if it isn't in a file.
        reason: The exception's kind and text, in one line.
    """

    def __init__(self, setting: str, target: str, where: str | None, reason: str) -> None:
        self.setting, self.target, self.where, self.reason = setting, target, where, reason
        at = f"\nat {where}" if where else ""
        super().__init__(f"[tool.migrate] {setting} {target!r} failed: {reason}{at}")
