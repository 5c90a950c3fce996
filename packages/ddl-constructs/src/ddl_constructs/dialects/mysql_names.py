"""How MySQL and MariaDB call what was given no name; MariaDB's seen on 10.11."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..unnamed import names_unnamed


@names_unnamed("mysql", "mariadb")
def _name(table_name: str, kind: str, columns: Sequence[str]) -> str | None:
    """A key by its first column, foreign keys and CHECKs by numbers.

    MySQL 8.4 manual, CREATE TABLE and FOREIGN KEY Constraints; MariaDB says CONSTRAINT_1
    where MySQL says t_chk_1.
    """
    table = re.escape(table_name)
    match kind:
        case "primary":
            return "PRIMARY"
        case "unique" if columns:
            return re.escape(columns[0]) + r"(_\d+)?"
        case "foreignkey":
            return table + r"_ibfk_\d+"
        case "check":
            return r"CONSTRAINT_\d+|" + table + r"_chk_\d+"
    return None
