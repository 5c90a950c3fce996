"""T-SQL that looks into SQL Server's catalog: guards, constraints by column, comments.

By its manual, not run. Every script is one batch that counts no rows (SET takes a
subquery where SELECT would assign): ODBC shows only the first result of a batch, and an
error behind a count would stay unseen. A script with variables runs inside of EXEC, in a batch
of its own: several may be put into one batch, where a name is declared once.
"""

from __future__ import annotations

import re
from typing import Any, Literal

from sqlalchemy import Column
from sqlalchemy.dialects.mssql import base as sqlalchemy_mssql
from sqlalchemy.schema import DefaultClause
from sqlalchemy.sql.compiler import DDLCompiler
from sqlalchemy.types import NVARCHAR

from .. import sqltext
from ..detached import TableName, copy_column
from ..errors import UnsupportedChange
from ..sqltext import raw_text

Dependent = Literal["default", "check", "foreign_key", "unique", "index"]
"""What can hang on a column, so that SQL Server refuses to drop the column."""

_LONGEST = 7500  # bytes of a comment; a character takes two, or four beyond the first plane

# SQL Server manual, System Catalog Views: sys.default_constraints, sys.check_constraints,
# sys.foreign_key_columns, sys.key_constraints, sys.index_columns. A CHECK over several
# columns has parent_column_id 0; CONSTRAINT_COLUMN_USAGE knows its columns.
_NAMES: dict[Dependent, str] = {
    "default": """
    SELECT MIN(d.name) FROM {db}sys.default_constraints AS d
    WHERE d.parent_object_id = {table} AND d.parent_column_id = {column}
      AND d.name > {found}""",
    "check": """
    SELECT MIN(k.name) FROM {db}sys.check_constraints AS k
    WHERE k.parent_object_id = {table} AND k.name > {found}
      AND (k.parent_column_id = {column} OR EXISTS (
        SELECT 1 FROM {db}INFORMATION_SCHEMA.CONSTRAINT_COLUMN_USAGE AS u
        WHERE u.CONSTRAINT_SCHEMA = {schema} AND u.CONSTRAINT_NAME = k.name
          AND u.COLUMN_NAME = {name}))""",
    "foreign_key": """
    SELECT MIN(f.name) FROM {db}sys.foreign_keys AS f
    JOIN {db}sys.foreign_key_columns AS fc ON fc.constraint_object_id = f.object_id
    WHERE fc.parent_object_id = {table} AND fc.parent_column_id = {column}
      AND f.name > {found}""",
    "unique": """
    SELECT MIN(i.name) FROM {db}sys.indexes AS i
    JOIN {db}sys.index_columns AS ic ON ic.object_id = i.object_id AND ic.index_id = i.index_id
    WHERE i.object_id = {table} AND ic.column_id = {column}
      AND i.is_unique_constraint = 1 AND i.name > {found}""",
    "index": """
    SELECT MIN(i.name) FROM {db}sys.indexes AS i
    JOIN {db}sys.index_columns AS ic ON ic.object_id = i.object_id AND ic.index_id = i.index_id
    WHERE i.object_id = {table} AND ic.column_id = {column}
      AND i.is_unique_constraint = 0 AND i.is_primary_key = 0 AND i.name > {found}""",
}


def database(compiler: DDLCompiler, schema: str | None) -> str:
    """Write the database of a schema `database.owner` with a dot behind it; "" for none."""
    name = _schema_elements(schema)[0] if schema else None
    return f"{compiler.preparer.quote(name)}." if name else ""


def owner(schema: str) -> str:
    """Give the schema itself of `database.owner`."""
    return str(_schema_elements(schema)[1])


_schema_elements: Any = sqlalchemy_mssql._schema_elements  # how the dialect itself reads a schema


def string(quoted: str) -> str:
    """Write SQL text as a T-SQL string literal.

    >>> string("[it's]")
    "N'[it''s]'"
    """
    return "N'" + quoted.replace("'", "''") + "'"


def name_string(compiler: DDLCompiler, name: str) -> str:
    """Write a name as the string that the catalog holds, without its quotes."""
    return string(bare(compiler, compiler.preparer.quote(name)))


def bare(compiler: DDLCompiler, quoted: str) -> str:
    """Take the quotes off a name as it was written for SQL."""
    return quoted[1:-1].replace("]]", "]") if quoted.startswith("[") else quoted


def literal(compiler: DDLCompiler, value: str) -> str:
    r"""Write text as a national literal that holds every character.

    A backslash before a line's end would continue the line (SQL Server manual, Backslash
    (line continuation)), and a line that says GO ends the batch, so the literal is cut in between.
    """
    return _cut(compiler.sql_compiler.render_literal_value(value, NVARCHAR()))


# GO (Transact-SQL), sqlcmd: a line that begins with it ends the batch, in a string too
_BROKEN = re.compile(r"\\(?=\r?\n)|\n(?=[ \t]*GO\b)", re.IGNORECASE)


def _cut(text: str) -> str:
    return _BROKEN.sub(lambda found: f"{found[0]}' + N'", text)


def object_id(compiler: DDLCompiler, name: str, schema: str | None) -> str:
    """Write the id of a table or another object in its schema; NULL if there is none."""
    return f"OBJECT_ID({string(sqltext.table(compiler, name, schema))})"


def column_id(compiler: DDLCompiler, table_name: str, column_name: str, schema: str | None) -> str:
    """Write the id of a column, a subquery that also works in another database."""
    return (
        f"(SELECT column_id FROM {database(compiler, schema)}sys.columns"
        f" WHERE object_id = {object_id(compiler, table_name, schema)}"
        f" AND name = {name_string(compiler, column_name)})"
    )


def if_column(
    compiler: DDLCompiler, table_name: str, column_name: str, schema: str | None, *, there: bool
) -> str:
    """Write the guard of a statement: the column is there, or isn't."""
    test = "IS NOT NULL" if there else "IS NULL"
    return f"IF {column_id(compiler, table_name, column_name, schema)} {test}\n"


def if_object(
    compiler: DDLCompiler, quoted: str, schema: str | None, kind: str | None, *, there: bool
) -> str:
    """Write the guard of a statement: an object of that name is in the schema, or isn't.

    Args:
        compiler: Of SQL Server.
        quoted: The object's name, as it is written for SQL.
        schema: Its schema; None for the default one.
        kind: Its type in sys.objects: U for a table, SO for a sequence; None for any.
        there: Whether the statement is for when it is there.
    """
    whole = sqltext.table(compiler, bare(compiler, quoted), schema)
    of_kind = f", N'{kind}'" if kind else ""
    return f"IF OBJECT_ID({string(whole)}{of_kind}) {'IS NOT NULL' if there else 'IS NULL'}\n"


def if_index(
    compiler: DDLCompiler, quoted: str, table_name: str, schema: str | None, *, there: bool
) -> str:
    """Write the guard of a statement: the table has an index of that name, or hasn't."""
    return (
        f"IF {'' if there else 'NOT '}EXISTS (SELECT 1 FROM {database(compiler, schema)}sys.indexes"
        f" WHERE object_id = {object_id(compiler, table_name, schema)}"
        f" AND name = {string(bare(compiler, quoted))})\n"
    )


def drop_dependents(
    compiler: DDLCompiler, kind: Dependent, table_name: str, column_name: str, schema: str | None
) -> str:
    """Write the batch that drops all that hangs on a column of one kind, by their names' order.

    Each turn asks for the next greater name, so that the loop ends also when a drop fails.
    """
    where = sqltext.table(compiler, table_name, schema)
    names = _NAMES[kind].format(
        db=database(compiler, schema),
        table=object_id(compiler, table_name, schema),
        column=column_id(compiler, table_name, column_name, schema),
        name=name_string(compiler, column_name),
        schema=schema_string(compiler, table_name, schema),
        found="@name",
    )
    if kind == "index":
        drop = f"N'DROP INDEX ' + QUOTENAME(@name) + {string(f' ON {where}')}"
    else:
        drop = f"{string(f'ALTER TABLE {where} DROP CONSTRAINT ')} + QUOTENAME(@name)"
    return _own_batch(
        "DECLARE @name sysname = N'', @sql nvarchar(max);\n"
        "WHILE @name IS NOT NULL\n"
        "BEGIN\n"
        f"  SET @name = ({names.strip()});\n"
        f"  SET @sql = {drop};\n"
        "  IF @name IS NOT NULL EXEC (@sql);\n"
        "END"
    )


def around_default(
    compiler: DDLCompiler, statement: str, table_name: str, column_name: str, schema: str | None
) -> str:
    """Write the batch that takes a column's default off for one statement, and puts it back.

    It comes back under its name and with its definition, as the catalog has them.
    """
    where = sqltext.table(compiler, table_name, schema)
    found = (
        f"FROM {database(compiler, schema)}sys.default_constraints"
        f" WHERE parent_object_id = {object_id(compiler, table_name, schema)}"
        f" AND parent_column_id = {column_id(compiler, table_name, column_name, schema)}"
    )
    column = compiler.preparer.quote(column_name)
    return _own_batch(
        f"DECLARE @name sysname = (SELECT name {found});\n"
        f"DECLARE @default nvarchar(max) = (SELECT definition {found}), @sql nvarchar(max);\n"
        f"SET @sql = {string(f'ALTER TABLE {where} DROP CONSTRAINT ')} + QUOTENAME(@name);\n"
        "IF @name IS NOT NULL EXEC (@sql);\n"
        f"{statement};\n"
        f"SET @sql = {string(f'ALTER TABLE {where} ADD CONSTRAINT ')} + QUOTENAME(@name)"
        f" + N' DEFAULT ' + @default + {string(f' FOR {column}')};\n"
        "IF @name IS NOT NULL EXEC (@sql)"
    )


def _own_batch(script: str) -> str:
    """Write a script so that its variables end with it.

    DECLARE: a variable's scope is the batch in which it is declared, a block's isn't one.
    EXECUTE: a character string is executed as a batch of its own.
    """
    return f"EXEC ({_cut(string(chr(10) + script + chr(10)))})"


def schema_string(compiler: DDLCompiler, table_name: str, schema: str | None) -> str:
    """Write the schema's name as a string, or what finds it out where it isn't known.

    That is the schema in which the server finds the table: the user's default one, or dbo.
    """
    named: Any = TableName(table_name, schema)
    if schema and compiler.preparer.schema_for_object(named) == schema:
        return name_string(compiler, owner(schema))
    if not schema and compiler.dialect.default_schema_name:
        return name_string(compiler, compiler.dialect.default_schema_name)
    return f"OBJECT_SCHEMA_NAME({object_id(compiler, table_name, schema)})"


def comment(
    compiler: DDLCompiler, change: Any, value: str | None, column_name: str | None = None
) -> str:
    """Write the batch that adds, updates or drops MS_Description, whichever it takes.

    SQL Server manual, sp_addextendedproperty: adding one that is there is an error, as is
    updating or dropping one that isn't; the value is a sql_variant of at most 7,500 bytes.

    Args:
        compiler: Of SQL Server.
        change: What is said; it names the table and its schema.
        value: The comment; None to take it away.
        column_name: The column's name; None for the table's own comment.
    """
    table_name, schema = change.table_name, change.schema
    if value is not None and len(value.encode("utf-16-le")) > _LONGEST:
        where = sqltext.dotted(schema, table_name, *([column_name] if column_name else []))
        raise UnsupportedChange(
            f"comment {where}",
            "mssql",
            f"an extended property holds at most {_LONGEST} bytes, {_LONGEST // 2} characters",
            "shorten the comment",
        )
    db = database(compiler, schema)
    procedures = f"{db}sys." if db else ""
    declared, where, said = [], schema_string(compiler, table_name, schema), ""
    if not where.startswith("N'"):  # a procedure takes a constant or a variable
        declared.append(f"@schema sysname = {where}")
        where = "@schema"
    if value is not None and "' + N'" in (said := literal(compiler, value)):
        declared.append(f"@comment nvarchar(3750) = {said}")
        said = "@comment"
    minor = "0"
    level = f"N'SCHEMA', {where}, N'TABLE', {name_string(compiler, table_name)}"
    if column_name is not None:
        minor = column_id(compiler, table_name, column_name, schema)
        level += f", N'COLUMN', {name_string(compiler, column_name)}"
    text = (
        f"IF EXISTS (SELECT 1 FROM {db}sys.extended_properties WHERE class = 1"
        f" AND major_id = {object_id(compiler, table_name, schema)}"
        f" AND minor_id = {minor} AND name = N'MS_Description')\n"
    )
    if value is None:
        text += f"  EXEC {procedures}sp_dropextendedproperty N'MS_Description', {level}"
    else:
        text += (
            f"  EXEC {procedures}sp_updateextendedproperty N'MS_Description', {said}, {level}\n"
            "ELSE\n"
            f"  EXEC {procedures}sp_addextendedproperty N'MS_Description', {said}, {level}"
        )
    return _own_batch(f"DECLARE {', '.join(declared)};\n{text}") if declared else text


def rename(compiler: DDLCompiler, kind: str | None, new: str, schema: str | None, *old: str) -> str:
    """Write EXEC sp_rename: the old name as SQL reads it, the new one as it will be (sp_rename).

    Args:
        compiler: Of SQL Server.
        kind: COLUMN, INDEX or OBJECT; None for a table.
        new: The new name.
        schema: The schema of the first of the old names; None for the default one.
        old: The name of a table or object, and of what is in it.
    """
    db = database(compiler, schema)
    first, *rest = old
    where = sqltext.table(compiler, first, owner(schema) if db and schema else schema)
    text = string(".".join([where, *(compiler.preparer.quote(n) for n in rest)]))
    text = text.removeprefix("N") if text.isascii() else text
    name = compiler.preparer.quote(new)
    if name.startswith("["):
        name = string(bare(compiler, name))
    procedure = f"{db}sys.sp_rename" if db else "sp_rename"
    return f"EXEC {procedure} {text}, {name}" + (f", '{kind}'" if kind else "")


def if_exists(compiler: DDLCompiler, asked: bool | None) -> str:
    """Write IF EXISTS where the server has it: DROP TABLE and others, SQL Server 2016 and later.

    A server that wasn't met is taken for one of those that Microsoft still supports.
    """
    version = getattr(compiler.dialect, "server_version_info", None)
    return sqltext.yes(asked and (not version or version >= (13,)), "IF EXISTS")


def national(default: Any) -> Any:
    """Give a default whose string keeps every character: N'...' where '...' wouldn't.

    Constants (Transact-SQL): without the N a string is of the database's code page.
    """
    if not isinstance(default, str):
        return default
    text = "N'" + default.replace("'", "''") + "'"
    cut = _cut(text)
    if cut != text:
        return raw_text(f"({cut})")
    return default if default.isascii() else raw_text(text)


def national_column(given: Column[Any]) -> Column[Any]:
    """Give the column itself, or a copy whose default keeps every character."""
    default = getattr(given.server_default, "arg", None)
    kept = national(default)
    if kept is default:
        return given
    copy = copy_column(given)
    copy.server_default = DefaultClause(kept)
    return copy
