"""`ReplaceEnum` in a SQL script that doesn't know the type's columns: a block finds them when it runs."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import DDLCompiler

from .. import sqltext
from ..change import Change
from ..enum import ReplaceEnum

# PostgreSQL 15 manual, pg_attribute, pg_attrdef, pg_constraint, pg_index, pg_type. All statements
# are made while the type has its name: the server writes it into defaults, CHECKs and indexes.
_BODY = """
DECLARE
  enum_type oid := to_regtype({name});
  array_type oid := (SELECT typarray FROM pg_type WHERE oid = enum_type);
  spare text := (
    SELECT word FROM generate_series(0, 999) AS n,
      LATERAL (SELECT {old} || coalesce(nullif(n, 0)::text, '') AS word) AS w
    WHERE NOT EXISTS (SELECT FROM pg_type o, pg_type t
      WHERE t.oid = enum_type AND o.typnamespace = t.typnamespace AND o.typname = word)
    ORDER BY n LIMIT 1);
  step text;
  steps text[];
BEGIN
  IF enum_type IS NULL THEN
    RAISE EXCEPTION USING MESSAGE = {missing};
  END IF;
  WITH held AS (
    SELECT c.oid AS tab, a.attnum, d.adbin IS NOT NULL AS has_default,
      'ALTER TABLE ' || c.oid::regclass || ' ALTER COLUMN ' || quote_ident(a.attname) AS head,
      quote_ident(a.attname) AS col, pg_get_expr(d.adbin, d.adrelid) AS value,
      CASE WHEN a.atttypid = array_type THEN '[]' ELSE '' END AS many
    FROM pg_attribute a
    JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.atttypid IN (enum_type, array_type) AND NOT a.attisdropped AND a.attinhcount = 0
  ), in_the_way AS (
    SELECT k.contype <> 'f' AS goes_last,
      'ALTER TABLE ' || k.conrelid::regclass || ' DROP CONSTRAINT ' || quote_ident(k.conname) AS drops,
      'ALTER TABLE ' || k.conrelid::regclass || ' ADD CONSTRAINT ' || quote_ident(k.conname)
        || ' ' || pg_get_constraintdef(k.oid) AS makes
    FROM pg_constraint k
    WHERE k.coninhcount = 0 AND k.conrelid IN (SELECT tab FROM held)
      AND (k.contype = 'c' AND strpos(pg_get_constraintdef(k.oid), {bare}) > 0
        OR k.contype = 'f' AND EXISTS (
          SELECT FROM held WHERE held.tab = k.conrelid AND held.attnum = ANY (k.conkey)))
    UNION ALL
    SELECT true, 'DROP INDEX ' || i.indexrelid::regclass, pg_get_indexdef(i.indexrelid)
    FROM pg_index i
    WHERE i.indrelid IN (SELECT tab FROM held) AND (i.indpred IS NOT NULL OR i.indexprs IS NOT NULL)
      AND strpos(pg_get_indexdef(i.indexrelid), {bare}) > 0
  ), all_steps (place, statement) AS (
    SELECT 10 + goes_last::int, drops FROM in_the_way
    UNION ALL SELECT 20, 'ALTER TYPE ' || {name} || ' RENAME TO ' || quote_ident(spare)
    UNION ALL SELECT 30, {create}
    UNION ALL SELECT 40, head || ' DROP DEFAULT' FROM held WHERE has_default
    UNION ALL SELECT 50, head || ' TYPE ' || {name} || many || ' USING (' || col || '::text' || many
      || ')::' || {name} || many FROM held
    UNION ALL SELECT 60, head || ' SET DEFAULT ' || value FROM held WHERE has_default
    UNION ALL SELECT 70, 'DROP TYPE ' || {schema} || quote_ident(spare)
    UNION ALL SELECT 80 - goes_last::int, makes FROM in_the_way
    UNION ALL SELECT 90, 'COMMENT ON TYPE ' || {name} || ' IS '
      || quote_literal(obj_description(enum_type, 'pg_type'))
      WHERE obj_description(enum_type, 'pg_type') IS NOT NULL
    UNION ALL SELECT 91, 'ALTER TYPE ' || {name} || ' OWNER TO ' || typowner::regrole FROM pg_type
      WHERE oid = enum_type AND pg_get_userbyid(typowner) <> current_user
    UNION ALL SELECT 92, 'REVOKE USAGE ON TYPE ' || {name} || ' FROM PUBLIC' FROM pg_type
      WHERE oid = enum_type AND typacl IS NOT NULL
        AND NOT EXISTS (SELECT FROM aclexplode(typacl) WHERE grantee = 0)
    UNION ALL SELECT 93, 'GRANT USAGE ON TYPE ' || {name} || ' TO ' || grantee::regrole
      || CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
      FROM pg_type, aclexplode(typacl) WHERE oid = enum_type AND grantee NOT IN (0, typowner)
  )
  SELECT array_agg(statement ORDER BY place) FROM all_steps INTO steps;
  FOREACH step IN ARRAY steps LOOP
    EXECUTE step;
  END LOOP;
END
"""


def swap_what_is_there(change: ReplaceEnum, old_name: str) -> Change:
    """Give a change of whatever columns are of its type then, in one statement.

    Args:
        change: What is asked; it says no columns.
        old_name: What the old type is called meanwhile.
    """
    return _Swap(change, old_name)


class _Swap(Change):
    """The block of one `ReplaceEnum`."""

    def __init__(self, change: ReplaceEnum, old_name: str) -> None:
        self.change, self.old_name = change, old_name

    def describe(self) -> str:
        return self.change.describe()


@compiles(_Swap)
def _block(asked: _Swap, compiler: DDLCompiler, **kw: Any) -> str:
    change = asked.change

    def quoted(text: str) -> str:
        return sqltext.sql_literal(compiler, text)

    name = sqltext.table(compiler, change.enum_name, change.schema)
    labels = ", ".join(sqltext.literal(compiler, label) for label in change.labels)
    body = _BODY.format(
        name=quoted(name),
        bare=quoted(change.enum_name),
        missing=quoted(f"there is no enum type {name}"),
        schema=quoted(name.removesuffix(sqltext.name(compiler, change.enum_name))),
        old=quoted(asked.old_name),
        create=quoted(f"CREATE TYPE {name} AS ENUM ({labels})"),
    )
    quote = "$do$"
    while quote in body:
        quote = quote[:-1] + "x$"
    return f"DO {quote}{body}{quote}"
