"""What PostgreSQL's catalog says of a table, as text that makes it again; run on PostgreSQL 15."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import Connection, Row


@dataclass(frozen=True)
class Shape:
    """A table and what belongs to it, as plain values; two equal ones are equal tables.

    Attributes:
        table: kind, persistence, options, tablespace, owner, comment, access method,
            who may do what.
        columns: Name -> what `_COLUMNS` reads, in order.
        constraints: (name, definition, comment), as they must be made: keys before foreign keys.
        indexes: (name, statement, comment), without those of constraints; sorted.
        sequences: (column, how it belongs, quoted name, options, comment) of what numbers its rows.
        referring: (quoted table, name, definition, comment) of other tables' foreign keys; sorted.
        grants: (statement,) each that gives others a privilege for it, its columns, or the sequence of
            an identity column; sorted.
        guards: (statement,) each that makes row security, a policy, a rule or the replica identity
            what it is, with comments and states; as they must be made.
    """

    table: tuple[Any, ...]
    columns: dict[str, tuple[Any, ...]]
    constraints: tuple[tuple[Any, ...], ...]
    indexes: tuple[tuple[Any, ...], ...]
    sequences: tuple[tuple[Any, ...], ...]
    referring: tuple[tuple[Any, ...], ...]
    grants: tuple[tuple[Any, ...], ...]
    guards: tuple[tuple[Any, ...], ...]


def table_oid(connection: Connection, name: str, schema: str | None) -> int | None:
    """Find a table by its name; None if there is none."""
    found: int | None = connection.execute(_OID, {"name": name, "schema": schema}).scalar()
    return found


_OID = text("""
    SELECT c.oid::bigint FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relname = :name AND c.relkind IN ('r', 'p', 'f')
      AND CASE WHEN :schema ::text IS NULL THEN pg_table_is_visible(c.oid)
          ELSE n.nspname = :schema END
""")

_TABLE = text("""
    SELECT c.relkind::text, c.relpersistence::text, c.reloptions::text, s.spcname,
           pg_get_userbyid(c.relowner), obj_description(c.oid, 'pg_class'), a.amname,
           (SELECT array_agg(a::text ORDER BY a::text)::text
            FROM unnest(coalesce(c.relacl, acldefault('r', c.relowner))) AS a)
    FROM pg_class c LEFT JOIN pg_tablespace s ON s.oid = c.reltablespace
    LEFT JOIN pg_am a ON a.oid = c.relam WHERE c.oid = :oid
""")

# ALTER TABLE in PostgreSQL 15's manual knows of the attribute options n_distinct* alone
_COLUMNS = text("""
    SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity::text,
           a.attgenerated::text, pg_get_expr(d.adbin, d.adrelid),
           CASE WHEN a.attcollation <> t.typcollation
                THEN quote_ident(cn.nspname) || '.' || quote_ident(co.collname) END,
           CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage::text END,
           to_jsonb(a) ->> 'attcompression', coalesce(a.attstattarget, -1),
           (SELECT string_agg(o, ', ' ORDER BY o) FROM unnest(a.attoptions) o
            WHERE o LIKE 'n_distinct%'),
           col_description(a.attrelid, a.attnum)
    FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    LEFT JOIN pg_collation co ON co.oid = a.attcollation
    LEFT JOIN pg_namespace cn ON cn.oid = co.collnamespace
    WHERE a.attrelid = :oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
""")

_CONSTRAINTS = text("""
    SELECT conname, pg_get_constraintdef(oid), obj_description(oid, 'pg_constraint')
    FROM pg_constraint WHERE conrelid = :oid AND contype IN ('p', 'u', 'f', 'c', 'x')
    ORDER BY contype = 'f', contype <> 'p', conname
""")

_INDEXES = text("""
    SELECT c.relname, pg_get_indexdef(c.oid), obj_description(c.oid, 'pg_class')
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE i.indrelid = :oid AND NOT EXISTS (
        SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.conrelid = :oid
        AND k.contype IN ('p', 'u', 'x'))
    ORDER BY c.relname
""")

_SEQUENCES = text("""
    SELECT a.attname, d.deptype::text, quote_ident(n.nspname) || '.' || quote_ident(c.relname),
           'AS ' || format_type(s.seqtypid, NULL) || ' INCREMENT BY ' || s.seqincrement
           || ' MINVALUE ' || s.seqmin || ' MAXVALUE ' || s.seqmax || ' START WITH ' || s.seqstart
           || ' CACHE ' || s.seqcache || CASE WHEN s.seqcycle THEN ' CYCLE' ELSE ' NO CYCLE' END,
           obj_description(c.oid, 'pg_class')
    FROM pg_depend d JOIN pg_class c ON c.oid = d.objid AND c.relkind = 'S'
    JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_sequence s ON s.seqrelid = c.oid
    JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
      AND d.refobjid = :oid AND d.deptype IN ('a', 'i') ORDER BY a.attname, c.relname
""")

_GRANTS = text("""
    SELECT format('GRANT %s%s ON %s TO %s%s', g.privilege_type,
                  CASE WHEN h.part <> '' THEN format(' (%I)', h.part) END, h.what,
                  CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END,
                  CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' END)
    FROM (
        SELECT c.relacl, '', quote_ident(n.nspname) || '.' || quote_ident(c.relname), c.relowner
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = :oid
        UNION ALL
        SELECT a.attacl, a.attname, quote_ident(n.nspname) || '.' || quote_ident(c.relname), c.relowner
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = :oid AND NOT a.attisdropped
        UNION ALL
        SELECT c.relacl, '', 'SEQUENCE ' || quote_ident(n.nspname) || '.' || quote_ident(c.relname), c.relowner
        FROM pg_depend d JOIN pg_class c ON c.oid = d.objid AND c.relkind = 'S'
        JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE d.refobjid = :oid AND d.classid = 'pg_class'::regclass AND d.deptype = 'i'
    ) AS h (acl, part, what, owner) CROSS JOIN LATERAL aclexplode(h.acl) AS g
    WHERE g.grantee <> h.owner ORDER BY 1
""")

_GUARDS = text("""
    WITH t AS (
        SELECT c.*, quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS here
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = :oid
    )
    SELECT statement FROM (
        SELECT 1, '', format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', here) FROM t WHERE relrowsecurity
        UNION ALL
        SELECT 1, '', format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', here)
        FROM t WHERE relforcerowsecurity
        UNION ALL
        SELECT 2, polname::text, format('CREATE POLICY %I ON %s AS %s FOR %s TO %s%s%s', polname, here,
            CASE WHEN polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
            CASE polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE'
                WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
            (SELECT string_agg(CASE WHEN r = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(r)) END,
                               ', ' ORDER BY n) FROM unnest(polroles) WITH ORDINALITY AS u (r, n)),
            ' USING (' || pg_get_expr(polqual, polrelid) || ')',
            ' WITH CHECK (' || pg_get_expr(polwithcheck, polrelid) || ')')
        FROM pg_policy, t WHERE polrelid = :oid
        UNION ALL
        SELECT 3, polname, format('COMMENT ON POLICY %I ON %s IS %L', polname, here,
                                  obj_description(p.oid, 'pg_policy'))
        FROM pg_policy p, t WHERE polrelid = :oid AND obj_description(p.oid, 'pg_policy') IS NOT NULL
        UNION ALL
        SELECT 4, rulename, rtrim(pg_get_ruledef(r.oid), ';') FROM pg_rewrite r WHERE ev_class = :oid
        UNION ALL
        SELECT 5, rulename, format('COMMENT ON RULE %I ON %s IS %L', rulename, here,
                                   obj_description(r.oid, 'pg_rewrite'))
        FROM pg_rewrite r, t WHERE ev_class = :oid AND obj_description(r.oid, 'pg_rewrite') IS NOT NULL
        UNION ALL
        SELECT 6, rulename, format('ALTER TABLE %s %s RULE %I', here, CASE ev_enabled
            WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END, rulename)
        FROM pg_rewrite, t WHERE ev_class = :oid AND ev_enabled <> 'O'
        UNION ALL
        SELECT 7, '', format('ALTER TABLE %s REPLICA IDENTITY %s', here, CASE relreplident
            WHEN 'f' THEN 'FULL' WHEN 'n' THEN 'NOTHING' ELSE 'USING INDEX ' || (
                SELECT quote_ident(x.relname) FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
                WHERE i.indrelid = :oid AND i.indisreplident) END)
        FROM t WHERE relreplident <> 'd'
    ) AS g (step, name, statement) ORDER BY step, name, statement
""")

_REFERRING = text("""
    SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname), k.conname,
           pg_get_constraintdef(k.oid), obj_description(k.oid, 'pg_constraint')
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE k.confrelid = :oid AND k.contype = 'f' AND k.conrelid <> :oid AND k.conparentid = 0
    ORDER BY 1, 2
""")


def read(connection: Connection, oid: int) -> Shape:
    """Read a table."""

    def rows(query: Any) -> list[Row[Any]]:
        return list(connection.execute(query, {"oid": oid}))

    return Shape(
        tuple(rows(_TABLE)[0]),
        {row[0]: tuple(row[1:]) for row in rows(_COLUMNS)},
        tuple(map(tuple, rows(_CONSTRAINTS))),
        tuple(map(tuple, rows(_INDEXES))),
        tuple(map(tuple, rows(_SEQUENCES))),
        tuple(map(tuple, rows(_REFERRING))),
        tuple(map(tuple, rows(_GRANTS))),
        tuple(map(tuple, rows(_GUARDS))),
    )


_FOREIGN = text("""
    WITH t AS (SELECT * FROM pg_class WHERE oid = :oid)
    SELECT 'partitions' FROM t WHERE relkind = 'p'
    UNION SELECT 'it is a foreign table' FROM t WHERE relkind = 'f'
    UNION SELECT 'it is a partition' FROM t WHERE relispartition
    UNION SELECT 'it is a typed table' FROM t WHERE reloftype <> 0
    UNION SELECT 'inheritance' FROM pg_inherits WHERE :oid IN (inhrelid, inhparent)
    UNION SELECT 'privileges that ' || pg_get_userbyid(g.grantor) || ' gave' FROM t
        CROSS JOIN LATERAL (
            SELECT t.relacl UNION ALL SELECT attacl FROM pg_attribute WHERE attrelid = :oid
        ) AS acls (acl) CROSS JOIN LATERAL aclexplode(acl) AS g WHERE g.grantor <> t.relowner
    UNION SELECT 'options of its TOAST table' FROM pg_class
        WHERE oid = (SELECT reltoastrelid FROM t) AND reloptions IS NOT NULL
    UNION SELECT 'clustered index ' || c.relname FROM pg_index i JOIN pg_class c ON c.oid = indexrelid
        WHERE indrelid = :oid AND indisclustered
    UNION SELECT 'index that is being built, or failed: ' || c.relname
        FROM pg_index i JOIN pg_class c ON c.oid = indexrelid WHERE indrelid = :oid AND NOT indisvalid
    UNION SELECT 'tablespace or options of index ' || c.relname
        FROM pg_index i JOIN pg_class c ON c.oid = indexrelid WHERE indrelid = :oid
        AND (c.reltablespace <> 0 OR (c.reloptions IS NOT NULL AND EXISTS (
            SELECT FROM pg_constraint k WHERE k.conindid = indexrelid AND k.conrelid = :oid)))
    UNION SELECT 'security label' FROM pg_seclabel
        WHERE classoid = 'pg_class'::regclass AND objoid = :oid
    UNION SELECT 'disabled trigger of a foreign key' FROM pg_trigger
        WHERE tgrelid = :oid AND tgisinternal AND tgenabled <> 'O'
    UNION SELECT pg_describe_object(d.classid, d.objid, d.objsubid) FROM pg_depend d
        WHERE ((d.refclassid = 'pg_class'::regclass AND d.refobjid = :oid)
            OR (d.refclassid = 'pg_type'::regclass AND d.refobjid IN (
                SELECT reltype FROM t UNION SELECT typarray FROM pg_type
                WHERE oid = (SELECT reltype FROM t))))
          AND NOT (d.classid = 'pg_class'::regclass AND (
              EXISTS (SELECT FROM pg_index i WHERE i.indexrelid = d.objid AND i.indrelid = :oid)
              OR d.objid = (SELECT reltoastrelid FROM t)
              OR (d.deptype IN ('a', 'i') AND EXISTS (
                  SELECT FROM pg_class s WHERE s.oid = d.objid AND s.relkind = 'S'))))
          AND NOT (d.classid = 'pg_type'::regclass AND d.objid IN (
              SELECT reltype FROM t UNION SELECT typarray FROM pg_type
              WHERE oid = (SELECT reltype FROM t)))
          AND NOT (d.classid = 'pg_attrdef'::regclass AND EXISTS (
              SELECT FROM pg_attrdef f WHERE f.oid = d.objid AND f.adrelid = :oid))
          AND NOT (d.classid = 'pg_constraint'::regclass AND EXISTS (
              SELECT FROM pg_constraint k WHERE k.oid = d.objid
              AND (k.conrelid = :oid OR k.confrelid = :oid)))
          AND NOT (d.classid = 'pg_trigger'::regclass AND EXISTS (
              SELECT FROM pg_trigger g WHERE g.oid = d.objid AND g.tgisinternal))
          AND NOT (d.classid = 'pg_policy'::regclass AND EXISTS (
              SELECT FROM pg_policy p WHERE p.oid = d.objid AND p.polrelid = :oid))
          AND NOT (d.classid = 'pg_rewrite'::regclass AND EXISTS (
              SELECT FROM pg_rewrite r WHERE r.oid = d.objid AND r.ev_class = :oid))
          AND NOT (d.classid = 'pg_class'::regclass AND d.objid = :oid)
          AND NOT (d.classid = 'pg_trigger'::regclass AND EXISTS (
              SELECT FROM pg_trigger g WHERE g.oid = d.objid AND g.tgrelid = :oid))
          AND (NOT (d.classid = 'pg_rewrite'::regclass AND EXISTS (
                  SELECT FROM pg_rewrite r JOIN pg_class v ON v.oid = r.ev_class
                  WHERE r.oid = d.objid AND v.relkind IN ('v', 'm')
                  AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.objid = v.oid AND e.deptype = 'e')))
               AND NOT (d.classid = 'pg_proc'::regclass AND EXISTS (
                  SELECT FROM pg_proc p WHERE p.oid = d.objid AND p.prokind IN ('f', 'p')
                  AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.objid = p.oid AND e.deptype = 'e'))))
    ORDER BY 1
""")
"""What isn't made again, in words: what hangs on the table, isn't in its `Shape`, and isn't dropped
and created again: views, triggers and routines are."""


def what_stays_behind(connection: Connection, oid: int) -> list[str]:
    """List what a new table would not have: statistics, partitions, policies of others, ..."""
    return [found for (found,) in connection.execute(_FOREIGN, {"oid": oid})]
