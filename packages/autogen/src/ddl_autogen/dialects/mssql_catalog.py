"""The queries that read the catalog on SQL Server, each for all tables of some schemas.

Facts: SQL Server 2022, System Catalog Views, a page each; that comments are extended properties
named MS_Description is how SQLAlchemy and Management Studio keep them.
"""

SCHEMAS = """
SELECT s.name AS name
FROM sys.schemas AS s
JOIN sys.database_principals AS p ON p.principal_id = s.principal_id
WHERE s.name NOT IN ('sys', 'INFORMATION_SCHEMA', 'guest')
  AND NOT (p.is_fixed_role = 1 AND p.name = s.name)
ORDER BY s.name
"""

COLLATION = "SELECT CAST(DATABASEPROPERTYEX(DB_NAME(), 'Collation') AS nvarchar(128)) AS collation"

TABLES = """
SELECT t.object_id AS id, s.name AS [schema], t.name AS name,
       CAST(e.value AS nvarchar(3750)) AS comment
FROM sys.tables AS t
JOIN sys.schemas AS s ON s.schema_id = t.schema_id
LEFT JOIN sys.extended_properties AS e ON e.class = 1 AND e.major_id = t.object_id
 AND e.minor_id = 0 AND e.name = 'MS_Description'
WHERE s.name IN :schemas AND t.is_ms_shipped = 0{plain}
ORDER BY s.name, t.name
"""

PLAIN = " AND t.temporal_type <> 1"
"""Leaves out what keeps the history of a table; SQL Server 2016 (13) brought those."""

PERIOD = ", c.generated_always_type AS period"
"""Tells the two columns that say from when to when a row was as it is; likewise."""

VIEWS = """
SELECT s.name AS [schema], o.name AS name
FROM sys.objects AS o
JOIN sys.schemas AS s ON s.schema_id = o.schema_id
WHERE s.name IN :schemas AND o.type = 'V'
"""

COLUMNS = """
SELECT c.object_id AS id, c.name AS name, y.name AS type, c.max_length AS length,
       c.[precision] AS [precision], c.scale AS scale, c.is_nullable AS nullable,
       c.collation_name AS collation, d.definition AS [default], k.definition AS computed,
       k.is_persisted AS persisted, CAST(i.seed_value AS decimal(38, 0)) AS seed,
       CAST(i.increment_value AS decimal(38, 0)) AS increment,
       CAST(e.value AS nvarchar(3750)) AS comment{period}
FROM sys.columns AS c
JOIN sys.tables AS t ON t.object_id = c.object_id
JOIN sys.schemas AS s ON s.schema_id = t.schema_id
JOIN sys.types AS y ON y.user_type_id = c.user_type_id
LEFT JOIN sys.default_constraints AS d ON d.object_id = c.default_object_id
LEFT JOIN sys.computed_columns AS k ON k.object_id = c.object_id AND k.column_id = c.column_id
LEFT JOIN sys.identity_columns AS i ON i.object_id = c.object_id AND i.column_id = c.column_id
LEFT JOIN sys.extended_properties AS e ON e.class = 1 AND e.major_id = c.object_id
 AND e.minor_id = c.column_id AND e.name = 'MS_Description'
WHERE s.name IN :schemas
ORDER BY c.object_id, c.column_id
"""

INDEXES = """
SELECT i.object_id AS id, i.name AS name, i.type AS kind, i.is_unique AS is_unique,
       i.is_primary_key AS is_primary, i.is_unique_constraint AS is_constraint,
       i.filter_definition AS condition, x.is_included_column AS included,
       x.is_descending_key AS descending, c.name AS [column]
FROM sys.indexes AS i
JOIN sys.tables AS t ON t.object_id = i.object_id
JOIN sys.schemas AS s ON s.schema_id = t.schema_id
JOIN sys.index_columns AS x ON x.object_id = i.object_id AND x.index_id = i.index_id
JOIN sys.columns AS c ON c.object_id = x.object_id AND c.column_id = x.column_id
WHERE s.name IN :schemas AND i.type IN (1, 2, 5, 6, 7) AND i.is_hypothetical = 0
  AND (x.key_ordinal > 0 OR x.is_included_column = 1)
ORDER BY i.object_id, i.index_id, x.is_included_column, x.key_ordinal, x.index_column_id
"""

FOREIGN_KEYS = """
SELECT f.parent_object_id AS id, f.name AS name, c.name AS [column], rs.name AS target_schema,
       r.name AS target, rc.name AS target_column,
       f.update_referential_action_desc AS on_update,
       f.delete_referential_action_desc AS on_delete
FROM sys.foreign_keys AS f
JOIN sys.schemas AS s ON s.schema_id = f.schema_id
JOIN sys.foreign_key_columns AS x ON x.constraint_object_id = f.object_id
JOIN sys.columns AS c ON c.object_id = x.parent_object_id AND c.column_id = x.parent_column_id
JOIN sys.tables AS r ON r.object_id = x.referenced_object_id
JOIN sys.schemas AS rs ON rs.schema_id = r.schema_id
JOIN sys.columns AS rc ON rc.object_id = x.referenced_object_id
 AND rc.column_id = x.referenced_column_id
WHERE s.name IN :schemas
ORDER BY f.parent_object_id, f.name, x.constraint_column_id
"""

CHECKS = """
SELECT k.parent_object_id AS id, k.name AS name, k.definition AS text
FROM sys.check_constraints AS k
JOIN sys.schemas AS s ON s.schema_id = k.schema_id
WHERE s.name IN :schemas
ORDER BY k.parent_object_id, k.name
"""

SEQUENCES = """
SELECT s.name AS [schema], q.name AS name, y.name AS type, q.[precision] AS [precision],
       CAST(q.start_value AS decimal(38, 0)) AS start,
       CAST(q.increment AS decimal(38, 0)) AS increment,
       CAST(q.minimum_value AS decimal(38, 0)) AS minimum,
       CAST(q.maximum_value AS decimal(38, 0)) AS maximum,
       q.is_cycling AS cycles, q.is_cached AS cached, q.cache_size AS cache
FROM sys.sequences AS q
JOIN sys.schemas AS s ON s.schema_id = q.schema_id
JOIN sys.types AS y ON y.user_type_id = q.user_type_id
WHERE s.name IN :schemas
ORDER BY s.name, q.name
"""

HIDDEN = """
SELECT s.name AS name, USER_NAME() AS [user]
FROM sys.schemas AS s
WHERE s.name IN :schemas
  AND HAS_PERMS_BY_NAME(QUOTENAME(s.name), 'SCHEMA', 'VIEW DEFINITION') = 0
ORDER BY s.name
"""
