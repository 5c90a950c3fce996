"""The queries that read information_schema on MariaDB and MySQL, each for all tables of some schemas.

Facts: MariaDB Knowledge Base, Information Schema Tables; MySQL 8.4 manual, chapter 28.
"""

SCHEMAS = """
SELECT schema_name AS name FROM information_schema.schemata
WHERE schema_name NOT IN ('information_schema', 'mysql', 'performance_schema', 'sys')
ORDER BY schema_name
"""

TABLES = """
SELECT table_schema AS `schema`, table_name AS name, table_comment AS comment,
       table_collation AS collation, engine AS engine, row_format AS row_format,
       create_options AS options
FROM information_schema.tables
WHERE table_schema IN :schemas AND table_type IN ('BASE TABLE', 'SYSTEM VERSIONED')
ORDER BY table_schema, table_name
"""

SEQUENCES = """
SELECT table_schema AS `schema`, table_name AS name
FROM information_schema.tables
WHERE table_schema IN :schemas AND table_type = 'SEQUENCE'
ORDER BY table_schema, table_name
"""

VIEWS = """
SELECT table_schema AS `schema`, table_name AS name
FROM information_schema.tables
WHERE table_schema IN :schemas AND table_type = 'VIEW'
"""

SEQUENCE = """
SELECT {schema} AS `schema`, {name} AS name, start_value AS start, increment AS `increment`,
       minimum_value AS minimum, maximum_value AS maximum, cycle_option AS cycles,
       cache_size AS cache
FROM {where}
"""

COLUMNS = """
SELECT table_schema AS `schema`, table_name AS `table`, column_name AS name,
       column_default AS `default`, is_nullable AS nullable, column_type AS type,
       collation_name AS collation, extra AS extra, column_comment AS comment,
       generation_expression AS expression
FROM information_schema.columns
WHERE table_schema IN :schemas
ORDER BY table_schema, table_name, ordinal_position
"""

INDEXES = """
SELECT table_schema AS `schema`, table_name AS `table`, index_name AS name,
       non_unique AS repeats, column_name AS `column`, collation AS direction,
       sub_part AS length, index_type AS method, {expression} AS expression
FROM information_schema.statistics
WHERE table_schema IN :schemas
ORDER BY table_schema, table_name, index_name, seq_in_index
"""

FOREIGN_KEYS = """
SELECT k.table_schema AS `schema`, k.table_name AS `table`, k.constraint_name AS name,
       k.column_name AS `column`, k.referenced_table_schema AS target_schema,
       k.referenced_table_name AS target, k.referenced_column_name AS target_column,
       r.update_rule AS on_update, r.delete_rule AS on_delete
FROM information_schema.key_column_usage AS k
JOIN information_schema.referential_constraints AS r
  ON r.constraint_schema = k.constraint_schema AND r.constraint_name = k.constraint_name
 AND r.table_name = k.table_name
WHERE k.table_schema IN :schemas AND k.referenced_table_name IS NOT NULL
ORDER BY k.table_schema, k.table_name, k.constraint_name, k.ordinal_position
"""

CHECKS_MARIADB = """
SELECT constraint_schema AS `schema`, table_name AS `table`, constraint_name AS name,
       check_clause AS text, level AS level
FROM information_schema.check_constraints
WHERE constraint_schema IN :schemas
ORDER BY constraint_schema, table_name, constraint_name
"""

CHECKS_MYSQL = """
SELECT t.table_schema AS `schema`, t.table_name AS `table`, c.constraint_name AS name,
       c.check_clause AS text, 'Table' AS level
FROM information_schema.check_constraints AS c
JOIN information_schema.table_constraints AS t
  ON t.constraint_schema = c.constraint_schema AND t.constraint_name = c.constraint_name
 AND t.constraint_type = 'CHECK'
WHERE t.table_schema IN :schemas
ORDER BY t.table_schema, t.table_name, c.constraint_name
"""
