"""IF EXISTS and IF NOT EXISTS on Oracle before 23ai: PL/SQL that looks first.

By its manual, not run. The block works on every version, also in a script.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.sql.compiler import DDLCompiler

from ..change import Change
from ..detached import TableName
from ..errors import UnsupportedChange

_LONGEST = 8000  # characters of a PL/SQL literal: 32767 bytes, up to four a character


def has_native_guards(dialect: Dialect) -> bool:
    """Tell whether the connected server knows IF [NOT] EXISTS; False where none was met.

    Oracle Database 23ai, SQL Language Reference: CREATE and DROP of a table, an index or
    a sequence have it; columns and constraints don't.
    """
    version: tuple[Any, ...] | None = getattr(dialect, "server_version_info", None)
    return bool(version) and version >= (23,)  # type: ignore[operator]  # not None where it is true


def guarded(
    change: Change,
    statement: str,
    compiler: DDLCompiler,
    view: str,
    names: Mapping[str, str],
    schema: str | None,
    *,
    there: bool,
) -> str:
    """Write a block that executes a statement only if an object is there, or isn't.

    The catalog is asked rather than the error caught: ORA-00955 is raised for an object of
    another kind too, ORA-00904 for any misspelt name in the statement.

    Args:
        change: What the statement says, for the message.
        statement: The statement, without a guard.
        compiler: Of Oracle.
        view: The data dictionary view to ask (Database Reference, "ALL_TAB_COLS" etc.).
        names: Its columns that name the object, to the names as SQLAlchemy writes them.
        schema: Where the object is; None for the session's current schema.
        there: Whether the statement is for when it is there.

    Raises:
        UnsupportedChange: The schema is translated when the statement is executed.
    """
    placed: Any = TableName("t", schema)
    if compiler.preparer.schema_for_object(placed) != schema:
        raise UnsupportedChange(
            change.describe(),
            "oracle",
            "the guard asks the catalog by the schema's name, which schema_translate_map changes",
            "leave if_exists / if_not_exists out, or name the schema itself",
        )
    owner_column = "sequence_owner" if view == "all_sequences" else "owner"
    owner = _stored(compiler, schema) if schema else "SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA')"
    tests = [f"{owner_column} = {owner}"]
    tests += [f"{column} = {_stored(compiler, name)}" for column, name in names.items()]
    return (
        "DECLARE\n"
        "  found PLS_INTEGER;\n"
        "BEGIN\n"
        f"  SELECT COUNT(*) INTO found FROM {view}\n"
        f"  WHERE {' AND '.join(tests)};\n"
        f"  IF found {'>' if there else '='} 0 THEN\n"
        f"    EXECUTE IMMEDIATE {_literal(statement)};\n"
        "  END IF;\n"
        "END;"
    )


def _stored(compiler: DDLCompiler, name: str) -> str:
    """Write a name as the dictionary holds it: in upper case, unless it was quoted."""
    dialect: Any = compiler.dialect
    return _quoted(str(dialect.denormalize_name(name)), double=compiler.preparer._double_percents)


def _quoted(text: str, *, double: bool = False) -> str:
    text = text.replace("%", "%%") if double else text
    return "'" + text.replace("'", "''") + "'"


def _literal(statement: str) -> str:
    """Write a statement as a string; in parts, as a CLOB, where one literal can't hold it."""
    parts = [statement[i : i + _LONGEST] for i in range(0, len(statement), _LONGEST)]
    if len(parts) == 1:
        return _quoted(statement)
    return " || ".join(f"TO_CLOB({_quoted(part)})" for part in parts)
