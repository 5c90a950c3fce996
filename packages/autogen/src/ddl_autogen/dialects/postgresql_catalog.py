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
       (SELECT s.spcname::text FROM pg_catalog.pg_tablespace AS s WHERE s.oid = c.reltablespace),
       (SELECT s.spcname::text FROM pg_catalog.pg_tablespace AS s
        JOIN pg_catalog.pg_database AS d ON d.dattablespace = s.oid
        WHERE d.datname = current_database()) AS usual_tablespace,
       (SELECT array_agg(ARRAY[pn.nspname::text, p.relname::text] ORDER BY h.inhseqno)
        FROM pg_catalog.pg_inherits AS h
        JOIN pg_catalog.pg_class AS p ON p.oid = h.inhparent
        JOIN pg_catalog.pg_namespace AS pn ON pn.oid = p.relnamespace
        WHERE h.inhrelid = c.oid) AS parents
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
SELECT a.attrelid AS table_oid, a.attnum AS number, a.attcollation AS collation_oid,
       a.attname::text AS name,
       pg_catalog.format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS not_null,
       pg_catalog.pg_get_expr(d.adbin, d.adrelid) AS default,
       a.attgenerated::text AS generated, a.attidentity::text AS identity,
       o.collname::text AS collation,
       CASE WHEN t.typtype = 'e' THEN t.oid WHEN i.typtype = 'e' THEN i.oid END AS enum_oid,
       t.typtype <> 'e' AND i.typtype IS NOT NULL AS is_array,
       pg_catalog.col_description(a.attrelid, a.attnum) AS comment,
       NOT a.attislocal AS inherited,
       CASE WHEN a.attinhcount > 0 THEN EXISTS (
         SELECT 1 FROM pg_catalog.pg_inherits AS h
         JOIN pg_catalog.pg_attribute AS pa ON pa.attrelid = h.inhparent AND pa.attname = a.attname
         JOIN pg_catalog.pg_attrdef AS pd ON pd.adrelid = pa.attrelid AND pd.adnum = pa.attnum
         WHERE h.inhrelid = a.attrelid
           AND pg_catalog.pg_get_expr(pd.adbin, pd.adrelid)
             = pg_catalog.pg_get_expr(d.adbin, d.adrelid)
       ) ELSE false END AS inherits_default
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
SELECT k.conrelid AS table_oid, k.contype::text AS kind, k.conname::text AS name,
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
  AND (k.contype <> 'c' OR k.conislocal)  -- an inherited CHECK is the parent's
ORDER BY k.conrelid, k.conname
"""

INDEXES = f"""
SELECT i.indrelid AS table_oid,
       EXISTS (
         SELECT 1 FROM pg_catalog.pg_constraint AS k
         WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')
       ) AS of_constraint,
       x.relname::text AS name, i.indisunique AS is_unique,
       i.indnkeyatts AS keys, i.indkey::text AS numbers, i.indoption::text AS flags,
       m.amname::text AS method, x.reloptions AS options,
       pg_catalog.pg_get_expr(i.indpred, i.indrelid) AS condition,
       {{distinct}} AS nulls_not_distinct,
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

RELATIONS = """
SELECT n.nspname::text AS schema, c.relname::text AS name,
       CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' ELSE 'foreign table' END AS kind
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = ANY(:schemas) AND c.relkind IN ('v', 'm', 'f')
"""

TEMPORARY_SCHEMA = """
SELECT nspname::text FROM pg_catalog.pg_namespace WHERE oid = pg_catalog.pg_my_temp_schema()
"""

VIEWS = """
SELECT c.oid, n.nspname::text AS schema, c.relname::text AS name, c.relkind = 'm' AS materialized,
       pg_catalog.pg_get_viewdef(c.oid) AS definition, c.reloptions AS options,
       pg_catalog.obj_description(c.oid, 'pg_class') AS comment,
       CASE WHEN c.relowner <> (SELECT u.oid FROM pg_catalog.pg_roles AS u WHERE u.rolname = current_user)
            THEN pg_catalog.pg_get_userbyid(c.relowner)::text END AS owner,
       CASE WHEN NOT has_schema_privilege(n.oid, 'CREATE') THEN 'CREATE ON SCHEMA ' || quote_ident(n.nspname)
            END AS barred,
       (SELECT array_agg(a.attname::text || ' ' || format_type(a.atttypid, a.atttypmod)
                         ORDER BY a.attnum)
        FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
       (SELECT array_agg(CASE WHEN g.grantee = 0 THEN 'PUBLIC'
                              ELSE pg_catalog.pg_get_userbyid(g.grantee)::text END
                         || ' ' || g.privilege_type ORDER BY g.grantee, g.privilege_type)
        FROM pg_catalog.aclexplode(c.relacl) AS g
        WHERE g.grantee <> c.relowner AND NOT g.is_grantable) AS grants,
       (SELECT array_agg(CASE WHEN g.grantee = 0 THEN 'PUBLIC'
                              ELSE pg_catalog.pg_get_userbyid(g.grantee)::text END
                         || chr(31) || g.privilege_type || chr(31) || g.is_grantable::text
                         || chr(31) || g.part ORDER BY g.part, g.grantee, g.privilege_type)
        FROM (SELECT g.*, '' AS part FROM pg_catalog.aclexplode(c.relacl) AS g WHERE g.is_grantable
              UNION ALL
              SELECT g.*, a.attname::text FROM pg_catalog.pg_attribute AS a
              CROSS JOIN LATERAL pg_catalog.aclexplode(a.attacl) AS g
              WHERE a.attrelid = c.oid AND NOT a.attisdropped) AS g
        WHERE g.grantee <> c.relowner) AS more_grants,
       (SELECT array_agg(a.attname::text || chr(31) || pg_catalog.col_description(c.oid, a.attnum)
                         ORDER BY a.attnum)
        FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum > 0
        AND pg_catalog.col_description(c.oid, a.attnum) IS NOT NULL) AS column_comments,
       (SELECT array_agg(o.what ORDER BY o.what) FROM (
          SELECT 'statistics ' || s.stxname AS what FROM pg_catalog.pg_statistic_ext AS s WHERE s.stxrelid = c.oid
          UNION ALL
          SELECT 'comment on index ' || x.relname FROM pg_catalog.pg_index AS i
          JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid
          WHERE i.indrelid = c.oid AND pg_catalog.obj_description(x.oid, 'pg_class') IS NOT NULL
        ) AS o) AS lost,
       (SELECT array_agg(h.made || chr(31) || h.undone ORDER BY h.place, h.name, h.made) FROM (
          SELECT 1 AS place, r.rulename::text AS name, rtrim(pg_catalog.pg_get_ruledef(r.oid), ';') AS made,
                 format('DROP RULE %I ON %I.%I', r.rulename, n.nspname, c.relname) AS undone
          FROM pg_catalog.pg_rewrite AS r WHERE r.ev_class = c.oid AND r.rulename <> '_RETURN'
          UNION ALL
          SELECT 2, r.rulename, format('COMMENT ON RULE %I ON %I.%I IS %L', r.rulename, n.nspname, c.relname,
                                       pg_catalog.obj_description(r.oid, 'pg_rewrite')),
                 format('COMMENT ON RULE %I ON %I.%I IS NULL', r.rulename, n.nspname, c.relname)
          FROM pg_catalog.pg_rewrite AS r
          WHERE r.ev_class = c.oid AND pg_catalog.obj_description(r.oid, 'pg_rewrite') IS NOT NULL
          UNION ALL
          SELECT 3, a.attname, format('ALTER VIEW %I.%I ALTER COLUMN %I SET DEFAULT %s', n.nspname, c.relname,
                                      a.attname, pg_catalog.pg_get_expr(d.adbin, d.adrelid)),
                 format('ALTER VIEW %I.%I ALTER COLUMN %I DROP DEFAULT', n.nspname, c.relname, a.attname)
          FROM pg_catalog.pg_attrdef AS d
          JOIN pg_catalog.pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
          WHERE d.adrelid = c.oid
        ) AS h) AS hanging,
       (SELECT s.spcname::text FROM pg_catalog.pg_tablespace AS s WHERE s.oid = c.reltablespace)
         AS tablespace,
       (SELECT array_agg(pg_catalog.pg_get_indexdef(i.indexrelid) ORDER BY i.indexrelid)
        FROM pg_catalog.pg_index AS i WHERE i.indrelid = c.oid) AS indexes
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('v', 'm') AND {where}
ORDER BY c.oid
"""

ROUTINES = """
SELECT p.oid, n.nspname::text AS schema, p.proname::text AS name, p.prokind = 'p' AS is_procedure,
       pg_catalog.pg_get_functiondef(p.oid) AS definition,
       pg_catalog.pg_get_function_arguments(p.oid) AS arguments,
       pg_catalog.oidvectortypes(p.proargtypes) AS types,
       quote_ident(CASE WHEN n.oid = pg_catalog.pg_my_temp_schema() THEN 'pg_temp' ELSE n.nspname END)
         || '.' || quote_ident(p.proname) AS quoted,
       pg_catalog.pg_get_function_result(p.oid) AS result,
       CASE WHEN NOT has_schema_privilege(n.oid, 'CREATE') THEN 'CREATE ON SCHEMA ' || quote_ident(n.nspname)
            WHEN NOT has_language_privilege(p.prolang, 'USAGE')
            THEN (SELECT 'USAGE ON LANGUAGE ' || quote_ident(l.lanname) FROM pg_catalog.pg_language AS l
                  WHERE l.oid = p.prolang) END AS barred,
       pg_catalog.obj_description(p.oid, 'pg_proc') AS comment, p.proacl IS NOT NULL AS granted,
       (SELECT array_agg(CASE WHEN g.grantee = 0 THEN 'PUBLIC'
                              ELSE pg_catalog.pg_get_userbyid(g.grantee)::text END
                         || chr(31) || g.privilege_type || chr(31) || g.is_grantable::text
                         ORDER BY g.grantee, g.privilege_type)
        FROM pg_catalog.aclexplode(p.proacl) AS g WHERE g.grantee <> p.proowner) AS grants,
       CASE WHEN p.proowner <> (SELECT u.oid FROM pg_catalog.pg_roles AS u WHERE u.rolname = current_user)
            THEN pg_catalog.pg_get_userbyid(p.proowner)::text END AS owner
FROM pg_catalog.pg_proc AS p
JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
WHERE p.prokind IN ('f', 'p') AND {where}
ORDER BY p.oid
"""

TRIGGERS = """
SELECT t.oid, n.nspname::text AS schema, t.tgname::text AS name, c.relname::text AS table_name,
       CASE WHEN NOT has_table_privilege(c.oid, 'TRIGGER')
            THEN 'TRIGGER ON ' || quote_ident(n.nspname) || '.' || quote_ident(c.relname)
            WHEN NOT has_function_privilege(t.tgfoid, 'EXECUTE')
            THEN 'EXECUTE ON FUNCTION ' || t.tgfoid::regprocedure END AS barred,
       t.tgenabled::text AS state,
       ARRAY[format('COMMENT ON TRIGGER %I ON %I.%I IS %L', t.tgname, n.nspname, c.relname,
                    pg_catalog.obj_description(t.oid, 'pg_trigger')) || chr(31)
             || format('COMMENT ON TRIGGER %I ON %I.%I IS NULL', t.tgname, n.nspname, c.relname)
            ] AS hanging, pg_catalog.obj_description(t.oid, 'pg_trigger') IS NOT NULL AS commented,
       pg_catalog.pg_get_triggerdef(t.oid, false) AS definition, t.tgconstraint <> 0 AS is_constraint,
       CASE WHEN c.relowner <> (SELECT u.oid FROM pg_catalog.pg_roles AS u WHERE u.rolname = current_user)
            THEN pg_catalog.pg_get_userbyid(c.relowner)::text END AS owner
FROM pg_catalog.pg_trigger AS t
JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE NOT t.tgisinternal AND {where}
ORDER BY t.oid
"""

USES = """
SELECT DISTINCT CASE WHEN d.classid = 'pg_catalog.pg_rewrite'::regclass THEN r.ev_class ELSE d.objid END AS oid,
       n.nspname::text AS schema, c.relname::text AS name, a.attname::text AS column_name,
       pn.nspname::text AS routine_schema, p.proname::text AS routine,
       pg_catalog.oidvectortypes(p.proargtypes) AS types
FROM pg_catalog.pg_depend AS d
LEFT JOIN pg_catalog.pg_rewrite AS r
  ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND r.oid = d.objid
LEFT JOIN pg_catalog.pg_type AS rt
  ON d.refclassid = 'pg_catalog.pg_type'::regclass AND rt.oid = d.refobjid
LEFT JOIN pg_catalog.pg_type AS el ON el.oid = rt.typelem AND el.typarray = rt.oid
LEFT JOIN pg_catalog.pg_class AS c
  ON c.oid = CASE WHEN d.refclassid = 'pg_catalog.pg_class'::regclass THEN d.refobjid
                  ELSE coalesce(nullif(rt.typrelid, 0), el.typrelid) END
LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_attribute AS a
  ON a.attrelid = c.oid AND a.attnum = d.refobjsubid AND d.refobjsubid > 0
LEFT JOIN pg_catalog.pg_proc AS p
  ON d.refclassid = 'pg_catalog.pg_proc'::regclass AND p.oid = d.refobjid
LEFT JOIN pg_catalog.pg_namespace AS pn ON pn.oid = p.pronamespace
WHERE d.classid IN ('pg_catalog.pg_rewrite'::regclass, 'pg_catalog.pg_proc'::regclass,
                    'pg_catalog.pg_trigger'::regclass)
  AND (c.oid IS NOT NULL OR p.oid IS NOT NULL) AND d.objid >= 16384
  AND (r.ev_class IS NULL OR c.oid IS NULL OR r.ev_class <> c.oid)
"""

EXTENSIONS = """
SELECT e.extname::text AS name, e.extversion AS version, n.nspname::text AS schema
FROM pg_catalog.pg_extension AS e
JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
WHERE e.extname <> 'plpgsql' ORDER BY e.oid
"""
