"""Every schema change as an executable SQLAlchemy DDL element."""

from .change import KEEP, Change, Keep, Lowering, Spelling, lowers
from .column import AddColumn, AlterColumn, DropColumn
from .comment import CreateTableComment, DropTableComment
from .constraint import (
    AddConstraint,
    ConstraintKind,
    DropConstraint,
    create_check_constraint,
    create_exclude_constraint,
    create_foreign_key,
    create_primary_key,
    create_unique_constraint,
    raw_text,
)
from .data import BulkInsert, ExecuteSQL
from .enum import CreateEnum, DropEnum
from .errors import (
    DDLConstructsError,
    IrreversibleChange,
    MissingFact,
    UnknownOption,
    UnsupportedChange,
)
from .index import CreateIndex, DropIndex
from .table import CreateTable, DropTable, RenameTable
from .traits import Traits, register_traits, traits

__version__ = "0.1.0"

__all__ = [
    "KEEP",
    "AddColumn",
    "AddConstraint",
    "AlterColumn",
    "BulkInsert",
    "Change",
    "ConstraintKind",
    "CreateEnum",
    "CreateIndex",
    "CreateTable",
    "CreateTableComment",
    "DDLConstructsError",
    "DropColumn",
    "DropConstraint",
    "DropEnum",
    "DropIndex",
    "DropTable",
    "DropTableComment",
    "ExecuteSQL",
    "IrreversibleChange",
    "Keep",
    "Lowering",
    "MissingFact",
    "RenameTable",
    "Spelling",
    "Traits",
    "UnknownOption",
    "UnsupportedChange",
    "create_check_constraint",
    "create_exclude_constraint",
    "create_foreign_key",
    "create_primary_key",
    "create_unique_constraint",
    "lowers",
    "raw_text",
    "register_traits",
    "traits",
]
