"""How PostgreSQL reports domains, composite types and privileges; run on PostgreSQL 15."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ddl_constructs import CreateCompositeType, CreateDomain, key_of
from sqlalchemy import CheckConstraint, Column, Connection, text

from ..objects import ObjectValue
from ..speller import sql_text
from ..sqltokens import bare
from ..values import ColumnValue, Granted
from .base import Database

_OWNER = """
       CASE WHEN t.typowner <> (SELECT u.oid FROM pg_catalog.pg_roles AS u WHERE u.rolname = current_user)
            THEN pg_catalog.pg_get_userbyid(t.typowner)::text END AS owner"""

DOMAINS = f"""
SELECT t.oid, n.nspname::text AS schema, t.typname::text AS name, t.typnotnull AS not_null,
       pg_catalog.format_type(t.typbasetype, t.typtypmod) AS type,
       CASE WHEN t.typdefault IS DISTINCT FROM b.typdefault THEN t.typdefault END AS default,
       (SELECT l.collname::text FROM pg_catalog.pg_collation AS l
        WHERE l.oid = t.typcollation AND t.typcollation <> b.typcollation) AS collation,
       (SELECT array_agg(k.conname::text ORDER BY k.conname) FROM pg_catalog.pg_constraint AS k
        WHERE k.contypid = t.oid AND k.contype = 'c') AS names,
       (SELECT array_agg(pg_catalog.pg_get_expr(k.conbin, 0) ORDER BY k.conname)
        FROM pg_catalog.pg_constraint AS k
        WHERE k.contypid = t.oid AND k.contype = 'c') AS checks, {_OWNER}
FROM pg_catalog.pg_type AS t
JOIN pg_catalog.pg_type AS b ON b.oid = t.typbasetype
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
WHERE t.typtype = 'd' AND {{where}}
ORDER BY t.oid
"""

COMPOSITES = f"""
SELECT t.oid, n.nspname::text AS schema, t.typname::text AS name,
       array_agg(a.attname::text ORDER BY a.attnum) AS names,
       array_agg(pg_catalog.format_type(a.atttypid, a.atttypmod) ORDER BY a.attnum) AS types, {_OWNER}
FROM pg_catalog.pg_type AS t
JOIN pg_catalog.pg_class AS c ON c.oid = t.typrelid AND c.relkind = 'c'
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE {{where}}
GROUP BY t.oid, n.nspname, t.typname, t.typowner ORDER BY t.oid
"""

# what nobody granted yet is what acldefault gives, so that it needn't be granted
GRANTS = """
WITH acl AS (
  SELECT CASE c.relkind WHEN 'S' THEN 'sequence' ELSE 'table' END AS kind, c.relnamespace AS namespace,
         c.relname AS name, NULL::text AS part,
         coalesce(c.relacl, acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner)) AS acl
  FROM pg_catalog.pg_class AS c WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
  UNION ALL
  SELECT 'table', c.relnamespace, c.relname, a.attname, a.attacl
  FROM pg_catalog.pg_attribute AS a JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
  WHERE a.attacl IS NOT NULL AND NOT a.attisdropped
  UNION ALL
  SELECT CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END, p.pronamespace, p.proname,
         pg_catalog.oidvectortypes(p.proargtypes), coalesce(p.proacl, acldefault('f', p.proowner))
  FROM pg_catalog.pg_proc AS p WHERE p.prokind IN ('f', 'p')
  UNION ALL
  SELECT 'type', t.typnamespace, t.typname, NULL, coalesce(t.typacl, acldefault('T', t.typowner))
  FROM pg_catalog.pg_type AS t WHERE t.typtype IN ('c', 'd', 'e', 'r') AND t.typelem = 0
  UNION ALL
  SELECT 'schema', NULL, n.nspname, NULL, coalesce(n.nspacl, acldefault('n', n.nspowner))
  FROM pg_catalog.pg_namespace AS n
)
SELECT acl.kind, n.nspname::text AS schema, acl.name::text AS name, acl.part::text AS part,
       CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE pg_catalog.pg_get_userbyid(g.grantee)::text END AS grantee,
       g.privilege_type AS privilege, g.is_grantable AS grantable
FROM acl LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = acl.namespace
CROSS JOIN LATERAL pg_catalog.aclexplode(acl.acl) AS g
WHERE (n.oid IS NULL OR n.nspname !~ '^pg_' AND n.nspname <> 'information_schema')
ORDER BY 1, 2, 3, 4, 5, 6
"""

EVERY_PRIVILEGE = """
SELECT k.kind, array_agg(g.privilege_type::text ORDER BY g.privilege_type)
FROM (VALUES ('table', 'r'), ('sequence', 's'), ('function', 'f'), ('procedure', 'f'), ('type', 'T'),
             ('schema', 'n')) AS k (kind, letter)
CROSS JOIN LATERAL aclexplode(acldefault(k.letter::"char", 10::oid)) AS g
WHERE g.grantee = 10 GROUP BY 1
"""


def named_types(
    database: Database, connection: Connection, where: str
) -> Iterator[tuple[str, ObjectValue, int]]:
    """Yield the domains and composite types of some schemas: schema, value without it, oid."""
    for row in connection.execute(text(DOMAINS.format(where=where))):
        yield row.schema, _domain(database, row), row.oid
    for row in connection.execute(text(COMPOSITES.format(where=where))):
        yield row.schema, _composite(database, row), row.oid


def _domain(database: Database, row: Any) -> ObjectValue:
    type_ = database.canonical_type(row.type)
    column = ColumnValue("value", type_, default=row.default)
    literal = database.literal_default(column)
    pairs = zip(row.names or (), row.checks or (), strict=True)
    create = CreateDomain(
        row.name,
        database.type_from(column),
        default=row.default if row.default is None else literal or sql_text(row.default),
        not_null=row.not_null,
        collation=row.collation,
        checks=[CheckConstraint(sql_text(bare(sql)), name=name) for name, sql in pairs],
    )
    checks = (database.normal(sql) for sql in row.checks or ())
    shape = (type_, row.collation or "", row.default or "", _not_null(row.not_null), *checks)
    return _value(create, shape, row.owner)


def shape_of(database: Database, create: Any) -> tuple[str, ...]:
    """Give what is compared of a type of ours, before the server was asked for its words.

    Of a domain its type, collation, default, whether it takes NULL, and each CHECK; of a composite
    type the types of its attributes.
    """
    match create:
        case CreateDomain():
            return _domain_shape(database, create)
        case CreateCompositeType():
            return _composite_shape(database, create)
    return ()


def _domain_shape(database: Database, create: CreateDomain) -> tuple[str, ...]:
    speller = database.speller
    type_: Any = create.data_type
    holder: Column[Any] = Column("value", type_, server_default=create.default)
    checks = (database.normal(speller.expression(c.sqltext)) for c in create.checks)
    return (
        database.canonical_type(speller.type(type_)),
        create.collation or "",
        speller.default(holder) or "",
        _not_null(create.not_null),
        *checks,
    )


def _not_null(given: bool) -> str:
    return "NOT NULL" if given else ""


def _composite(database: Database, row: Any) -> ObjectValue:
    attributes: list[Column[Any]] = [
        Column(name, database.type_from(ColumnValue(name, database.canonical_type(type_))))
        for name, type_ in zip(row.names, row.types, strict=True)
    ]
    create = CreateCompositeType(row.name, attributes)
    return _value(create, _composite_shape(database, create), row.owner)


def _composite_shape(database: Database, create: CreateCompositeType) -> tuple[str, ...]:
    return tuple(database.canonical_type(database.speller.type(a.type)) for a in create.attributes)


def _value(create: Any, shape: tuple[str, ...], owner: str | None) -> ObjectValue:
    return ObjectValue(key_of(create), create, " | ".join(shape), shape=shape, owner=owner)


def granted(database: Database, connection: Connection) -> Iterator[Granted]:
    """Yield who has which privileges, also what is so by itself: the owner's, PUBLIC's."""
    spaces = database.namespaces(connection)
    for row in connection.execute(text(GRANTS)):
        schema = spaces.spoken(row.schema)
        yield Granted(
            row.kind, schema, row.name, row.part, row.grantee, row.privilege, row.grantable
        )


def every_privilege(connection: Connection) -> dict[str, list[str]]:
    """Give what ALL means, by the kind of thing."""
    return {kind: list(several) for kind, several in connection.execute(text(EVERY_PRIVILEGE))}
