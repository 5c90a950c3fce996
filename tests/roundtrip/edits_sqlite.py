"""Edits of what SQLite has: AUTOINCREMENT, STRICT, WITHOUT ROWID."""

from __future__ import annotations

from .edits import Draft, edit

LITE = ("sqlite",)


@edit("AUTOINCREMENT added", "AUTOINCREMENT dropped", LITE)
def autoincrement(d: Draft) -> None:
    _, made = d.table(
        lambda t: (
            t.primary_key is not None
            and t.primary_key.columns == ["id"]
            and not t.options
            and t.columns["id"].autoincrement == "auto"
            and t.columns["id"].type == "int"
        )
    )
    made.options["sqlite_autoincrement"] = True


@edit("WITHOUT ROWID added", "WITHOUT ROWID dropped", LITE)
def without_rowid(d: Draft) -> None:
    _, made = d.table(lambda t: t.primary_key is not None and not t.options)
    made.options["sqlite_with_rowid"] = False
