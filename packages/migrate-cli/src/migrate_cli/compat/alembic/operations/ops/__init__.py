"""The operations by Alembic's names; each holds one change."""

from .base import MigrateOperation, NotReversible
from .column import AddColumnOp, AlterColumnOp, DropColumnOp
from .constraint import AddConstraintOp, DropConstraintOp
from .constraint_kinds import (
    CreateCheckConstraintOp,
    CreateForeignKeyOp,
    CreatePrimaryKeyOp,
    CreateUniqueConstraintOp,
)
from .container import DowngradeOps, MigrationScript, ModifyTableOps, OpContainer, UpgradeOps
from .data import BulkInsertOp, ExecuteSQLOp
from .exclude import CreateExcludeConstraintOp
from .index import CreateIndexOp, DropIndexOp
from .table import (
    AlterTableOp,
    CreateTableCommentOp,
    CreateTableOp,
    DropTableCommentOp,
    DropTableOp,
    RenameTableOp,
)

__all__ = [
    "AddColumnOp",
    "AddConstraintOp",
    "AlterColumnOp",
    "AlterTableOp",
    "BulkInsertOp",
    "CreateCheckConstraintOp",
    "CreateExcludeConstraintOp",
    "CreateForeignKeyOp",
    "CreateIndexOp",
    "CreatePrimaryKeyOp",
    "CreateTableCommentOp",
    "CreateTableOp",
    "CreateUniqueConstraintOp",
    "DowngradeOps",
    "DropColumnOp",
    "DropConstraintOp",
    "DropIndexOp",
    "DropTableCommentOp",
    "DropTableOp",
    "ExecuteSQLOp",
    "MigrateOperation",
    "MigrationScript",
    "ModifyTableOps",
    "NotReversible",
    "OpContainer",
    "RenameTableOp",
    "UpgradeOps",
]
