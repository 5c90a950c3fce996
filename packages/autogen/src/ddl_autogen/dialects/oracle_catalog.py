"""The queries that read Oracle's data dictionary, each for all tables of some schemas.

Facts: Oracle Database Reference 19c, Static Data Dictionary Views, a page each. Names come as the
dictionary has them, in capital letters where they weren't quoted.
"""

SCHEMAS = "SELECT username AS name FROM all_users WHERE oracle_maintained = 'N' ORDER BY username"

TABLES = """
SELECT t.owner AS owner, t.table_name AS name, t.temporary AS temporary, t.duration AS duration,
       c.comments AS comments
FROM all_tables t
LEFT JOIN all_tab_comments c ON c.owner = t.owner AND c.table_name = t.table_name
WHERE t.owner IN :schemas AND t.iot_name IS NULL AND t.nested = 'NO' AND t.secondary = 'N'
  AND t.dropped = 'NO'
  AND NOT EXISTS (SELECT 1 FROM all_mviews m
                  WHERE m.owner = t.owner AND m.container_name = t.table_name)
  AND NOT EXISTS (SELECT 1 FROM all_mview_logs l
                  WHERE l.log_owner = t.owner AND l.log_table = t.table_name)
ORDER BY t.owner, t.table_name
"""

VIEWS = """
SELECT v.owner AS owner, v.view_name AS name, 'view' AS kind
FROM all_views v WHERE v.owner IN :schemas
"""

MATERIALIZED_VIEWS = """
SELECT m.owner AS owner, m.mview_name AS name, 'materialized view' AS kind
FROM all_mviews m WHERE m.owner IN :schemas
"""

COLUMNS = """
SELECT c.owner AS owner, c.table_name AS table_name, c.column_name AS name,
       c.data_type AS type, c.data_length AS length, c.char_length AS characters,
       c.char_used AS char_used, c.data_precision AS precision, c.data_scale AS scale,
       c.nullable AS nullable, c.data_default AS default_text, c.virtual_column AS virtual,
       c.default_on_null AS on_null,
       i.generation_type AS generation, i.identity_options AS options, m.comments AS comments
FROM all_tab_cols c
LEFT JOIN all_tab_identity_cols i ON i.owner = c.owner AND i.table_name = c.table_name
 AND i.column_name = c.column_name
LEFT JOIN all_col_comments m ON m.owner = c.owner AND m.table_name = c.table_name
 AND m.column_name = c.column_name
WHERE c.owner IN :schemas AND c.user_generated = 'YES'
ORDER BY c.owner, c.table_name, c.internal_column_id
"""

CONSTRAINTS = """
SELECT k.owner AS owner, k.table_name AS table_name, k.constraint_name AS name,
       k.constraint_type AS kind, k.search_condition_vc AS condition,
       k.delete_rule AS on_delete, k.deferrable AS deferrable, k.deferred AS deferred,
       c.column_name AS column_name, r.owner AS target_owner, r.table_name AS target,
       r.column_name AS target_column
FROM all_constraints k
JOIN all_cons_columns c ON c.owner = k.owner AND c.constraint_name = k.constraint_name
 AND c.table_name = k.table_name
LEFT JOIN all_cons_columns r ON r.owner = k.r_owner AND r.constraint_name = k.r_constraint_name
 AND r.position = c.position
WHERE k.owner IN :schemas AND k.constraint_type IN ('P', 'U', 'R', 'C')
ORDER BY k.owner, k.table_name, k.constraint_name, c.position
"""

INDEXES = """
SELECT i.table_owner AS owner, i.table_name AS table_name, i.index_name AS name,
       i.index_type AS kind, i.uniqueness AS uniqueness, i.compression AS compression,
       i.prefix_length AS prefix_length, c.column_name AS column_name, c.descend AS descend,
       e.column_expression AS expression
FROM all_indexes i
JOIN all_ind_columns c ON c.index_owner = i.owner AND c.index_name = i.index_name
LEFT JOIN all_ind_expressions e ON e.index_owner = i.owner AND e.index_name = i.index_name
 AND e.column_position = c.column_position
WHERE i.table_owner IN :schemas
  AND i.index_type IN ('NORMAL', 'NORMAL/REV', 'BITMAP', 'FUNCTION-BASED NORMAL',
                       'FUNCTION-BASED BITMAP')
  AND NOT EXISTS (SELECT 1 FROM all_constraints k
                  WHERE k.owner = i.table_owner AND k.table_name = i.table_name
                    AND k.constraint_name = i.index_name AND k.constraint_type IN ('P', 'U'))
ORDER BY i.table_owner, i.table_name, i.index_name, c.column_position
"""

SEQUENCES = """
SELECT q.sequence_owner AS owner, q.sequence_name AS name, q.min_value AS minimum,
       q.max_value AS maximum, q.increment_by AS increment_by, q.cycle_flag AS cycles,
       q.cache_size AS cached, q.order_flag AS ordered
FROM all_sequences q
WHERE q.sequence_owner IN :schemas
  AND NOT EXISTS (SELECT 1 FROM all_tab_identity_cols i
                  WHERE i.owner = q.sequence_owner AND i.sequence_name = q.sequence_name)
ORDER BY q.sequence_owner, q.sequence_name
"""

RIGHTS = """
SELECT SYS_CONTEXT('USERENV', 'SESSION_USER') AS session_user,
       (SELECT COUNT(*) FROM session_privs
        WHERE privilege IN ('SELECT ANY TABLE', 'READ ANY TABLE')) AS everywhere
FROM dual
"""
