"""How large tables are on PostgreSQL, by its catalog; seen on 15."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.engine import Connection


def table_sizes(
    connection: Connection, schema: str | None, names: Sequence[str]
) -> dict[str, tuple[int | None, int | None]]:
    """Give (rows, bytes) of those tables that are there.

    PostgreSQL 15 manual, pg_class: reltuples is -1 where the table was never vacuumed or
    analyzed, and then pg_stat_user_tables.n_live_tup may know what was written since. The
    partitions of a table count for it.
    """
    asked = text(
        "SELECT c.relname,"
        " sum(CASE WHEN p.reltuples >= 0 THEN p.reltuples ELSE nullif(s.n_live_tup, 0) END),"
        " bool_or(p.reltuples < 0 AND coalesce(s.n_live_tup, 0) = 0"
        "   AND pg_relation_size(p.oid) > 0),"
        " sum(pg_total_relation_size(p.oid))"
        " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " CROSS JOIN LATERAL (SELECT c.oid WHERE c.relkind <> 'p' UNION ALL"
        "   SELECT relid FROM pg_partition_tree(c.oid) WHERE c.relkind = 'p' AND isleaf) AS t"
        " JOIN pg_class p ON p.oid = t.oid"
        " LEFT JOIN pg_stat_user_tables s ON s.relid = p.oid"
        " WHERE c.relkind IN ('r', 'p', 'm') AND c.relname = ANY(:names)"
        " AND CASE WHEN CAST(:schema AS text) IS NULL THEN pg_table_is_visible(c.oid)"
        "   ELSE n.nspname = :schema END"
        " GROUP BY c.relname"
    )
    found = connection.execute(asked, {"names": list(names), "schema": schema})
    return {
        name: (None if unknown else int(rows or 0), None if size is None else int(size))
        for name, rows, unknown, size in found
    }
