"""The queries that read PostgreSQL's catalog, each for all tables of some schemas.

Facts: PostgreSQL 15 manual, chapter 53 (System Catalogs). Columns of the types "char"
and name are cast to text, which every driver gives as a string.
"""

SCHEMAS = """
SELECT nspname::text FROM pg_catalog.pg_namespace
WHERE nspname <> 'information_schema' AND nspname !~ '^pg_'
ORDER BY nspname
"""

_OURS = """
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = ANY(:schemas) AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND NOT EXISTS (
    SELECT 1 FROM pg_catalog.pg_depend AS e
    WHERE e.classid = 'pg_catalog.pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e'
  )
"""

TABLES = f"""
SELECT c.oid, n.nspname::text, c.relname::text,
       pg_catalog.obj_description(c.oid, 'pg_class'), c.relpersistence::text, c.reloptions,
       (SELECT s.spcname::text FROM pg_catalog.pg_tablespace AS s WHERE s.oid = c.reltablespace)
{_OURS}
ORDER BY n.nspname, c.relname
"""

SEQUENCES = f"""
SELECT d.refobjid AS table_oid, d.refobjsubid AS column_number,
       s.seqrelid::regclass::text AS sequence, format_type(s.seqtypid, NULL) AS type,
       s.seqstart AS start, s.seqincrement AS increment, s.seqmin AS minimum,
       s.seqmax AS maximum, s.seqcycle AS cycle, s.seqcache AS cache
FROM pg_catalog.pg_sequence AS s
JOIN pg_catalog.pg_depend AS d
  ON d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = s.seqrelid
 AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.deptype IN ('a', 'i')
WHERE d.refobjid IN (SELECT c.oid {_OURS})
"""

COLUMNS = f"""
SELECT a.attrelid AS table_oid, a.attnum AS number, a.attname::text AS name,
       pg_catalog.format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS not_null,
       pg_catalog.pg_get_expr(d.adbin, d.adrelid) AS default,
       a.attgenerated::text AS generated, a.attidentity::text AS identity,
       o.collname::text AS collation, a.attcollation AS collation_oid,
       CASE WHEN t.typtype = 'e' THEN t.oid WHEN i.typtype = 'e' THEN i.oid END AS enum_oid,
       t.typtype <> 'e' AND i.typtype IS NOT NULL AS is_array,
       pg_catalog.col_description(a.attrelid, a.attnum) AS comment
FROM pg_catalog.pg_attribute AS a
JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_type AS i ON i.oid = t.typelem AND t.typcategory = 'A'
LEFT JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
LEFT JOIN pg_catalog.pg_collation AS o
  ON o.oid = a.attcollation AND a.attcollation <> t.typcollation
WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attrelid IN (SELECT c.oid {_OURS})
ORDER BY a.attrelid, a.attnum
"""

LONE_SEQUENCES = """
SELECT n.nspname::text AS schema, c.relname::text AS name, format_type(s.seqtypid, NULL) AS type,
       s.seqstart AS start, s.seqincrement AS increment, s.seqmin AS minimum,
       s.seqmax AS maximum, s.seqcycle AS cycle, s.seqcache AS cache
FROM pg_catalog.pg_sequence AS s
JOIN pg_catalog.pg_class AS c ON c.oid = s.seqrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = ANY(:schemas) AND NOT EXISTS (
  SELECT 1 FROM pg_catalog.pg_depend AS d
  WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid
    AND d.deptype IN ('a', 'i', 'e')
)
ORDER BY n.nspname, c.relname
"""

CONSTRAINTS = f"""
SELECT k.conrelid AS table_oid, k.conname::text AS name, k.contype::text AS kind,
       k.condeferrable AS deferrable, k.condeferred AS deferred, k.conkey AS columns,
       CASE WHEN k.contype = 'c' THEN pg_catalog.pg_get_expr(k.conbin, k.conrelid)
            WHEN k.contype = 'x' THEN pg_catalog.pg_get_constraintdef(k.oid) END
         AS expression,
       tn.nspname::text AS target_schema, t.relname::text AS target_name,
       CASE WHEN k.contype = 'f' THEN (
         SELECT array_agg(a.attname::text ORDER BY u.place)
         FROM unnest(k.confkey) WITH ORDINALITY AS u(number, place)
         JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.confrelid AND a.attnum = u.number
       ) END AS target_columns,
       k.confupdtype::text AS on_update, k.confdeltype::text AS on_delete,
       k.confmatchtype::text AS match
FROM pg_catalog.pg_constraint AS k
LEFT JOIN pg_catalog.pg_class AS t ON t.oid = k.confrelid
LEFT JOIN pg_catalog.pg_namespace AS tn ON tn.oid = t.relnamespace
WHERE k.contype IN ('p', 'u', 'f', 'c', 'x') AND k.conrelid IN (SELECT c.oid {_OURS})
ORDER BY k.conrelid, k.conname
"""

INDEXES = f"""
SELECT i.indrelid AS table_oid, x.relname::text AS name, i.indisunique AS is_unique,
       i.indnkeyatts AS keys, i.indkey::text AS numbers, i.indoption::text AS flags,
       m.amname::text AS method, x.reloptions AS options,
       pg_catalog.pg_get_expr(i.indpred, i.indrelid) AS condition,
       {{distinct}} AS nulls_not_distinct,
       EXISTS (
         SELECT 1 FROM pg_catalog.pg_constraint AS k
         WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')
       ) AS of_constraint,
       CASE WHEN i.indexprs IS NOT NULL THEN (
         SELECT array_agg(pg_catalog.pg_get_indexdef(i.indexrelid, g, false) ORDER BY g)
         FROM generate_series(1, i.indnkeyatts) AS g
       ) END AS texts,
       i.indclass::text AS classes, i.indcollation::text AS collations
FROM pg_catalog.pg_index AS i
JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid
JOIN pg_catalog.pg_am AS m ON m.oid = x.relam
WHERE i.indrelid IN (SELECT c.oid {_OURS})
ORDER BY i.indrelid, x.relname
"""

NAMES = """
SELECT oid, opcname::text AS name FROM pg_catalog.pg_opclass WHERE NOT opcdefault
UNION ALL
SELECT oid, collname::text FROM pg_catalog.pg_collation
WHERE collname <> 'default'
  AND oid IN (SELECT unnest(indcollation::oid[]) FROM pg_catalog.pg_index)
"""

ENUMS = """
SELECT t.oid, n.nspname::text, t.typname::text,
       array_agg(e.enumlabel::text ORDER BY e.enumsortorder)
FROM pg_catalog.pg_type AS t
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
JOIN pg_catalog.pg_enum AS e ON e.enumtypid = t.oid
GROUP BY t.oid, n.nspname, t.typname
"""

TEMPORARY_SCHEMA = """
SELECT nspname::text FROM pg_catalog.pg_namespace WHERE oid = pg_catalog.pg_my_temp_schema()
"""
