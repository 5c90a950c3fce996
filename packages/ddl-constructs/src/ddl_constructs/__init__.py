"""Every schema change as an executable SQLAlchemy DDL element."""

from .alter_column import AlterColumn
from .apply import SchemaDraft, TableDraft, applies, apply, apply_to
from .beside import (
    CompositeType,
    Extension,
    Function,
    Grant,
    MaterializedView,
    Procedure,
    Trigger,
    View,
)
from .change import KEEP, Change, Keep, Lowering, Spelling, lowers
from .column import AddColumn, DropColumn
from .comment import CreateTableComment, DropTableComment
from .composite import (
    AddAttribute,
    AlterAttribute,
    CompositeValue,
    CreateCompositeType,
    DropAttribute,
    DropCompositeType,
    RenameCompositeType,
)
from .constraint import (
    AddConstraint,
    ConstraintKind,
    DropConstraint,
    RenameConstraint,
    ValidateConstraint,
)
from .constraint_words import (
    create_check_constraint,
    create_exclude_constraint,
    create_foreign_key,
    create_primary_key,
    create_unique_constraint,
)
from .data import BulkInsert, CopyRows, ExecuteSQL
from .declared import SQLObject, declared, view_of
from .domain import (
    AddDomainConstraint,
    AlterDomain,
    CreateDomain,
    DropDomain,
    DropDomainConstraint,
    RenameDomainConstraint,
    ValidateDomainConstraint,
)
from .enum import (
    AddEnumValue,
    CreateEnum,
    DropEnum,
    EnumColumn,
    RenameEnumValue,
    ReplaceEnum,
)
from .errors import (
    BrokenDialect,
    DDLConstructsError,
    ExistingObject,
    InapplicableChange,
    IrreversibleChange,
    MalformedChange,
    MissingFact,
    ObjectInUse,
    OpaqueChange,
    UnknownObject,
    UnknownOption,
    UnrewritableText,
    UnsupportedChange,
    WrongValue,
)
from .extension import CreateExtension, DropExtension, UpdateExtension
from .facts import Blocks, Facts, facts, register_facts, stands_alone
from .grant import GrantPrivileges, RevokePrivileges
from .index import CreateIndex, DropIndex, RenameIndex
from .objects import ObjectKey, key_of
from .routine import CreateFunction, CreateProcedure, DropFunction, DropProcedure
from .schema import CreateSchema, DropSchema
from .sequence import AlterSequence, CreateSequence, DropSequence
from .sqltext import raw_text
from .sqltokens import Token, tokens
from .table import CreateTable, DropTable, RenameTable, SetTableSchema
from .table_options import AlterTableOptions
from .traits import Traits, register_traits, traits
from .trigger import CreateTrigger, DropTrigger
from .unnamed import may_be_called
from .view import CreateView, DropView, RefreshMaterializedView

__version__ = "0.1.0"

__all__ = [
    "KEEP",
    "AddAttribute",
    "AddColumn",
    "AddConstraint",
    "AddDomainConstraint",
    "AddEnumValue",
    "AlterAttribute",
    "AlterColumn",
    "AlterDomain",
    "AlterSequence",
    "AlterTableOptions",
    "Blocks",
    "BrokenDialect",
    "BulkInsert",
    "Change",
    "CompositeType",
    "CompositeValue",
    "ConstraintKind",
    "CopyRows",
    "CreateCompositeType",
    "CreateDomain",
    "CreateEnum",
    "CreateExtension",
    "CreateFunction",
    "CreateIndex",
    "CreateProcedure",
    "CreateSchema",
    "CreateSequence",
    "CreateTable",
    "CreateTableComment",
    "CreateTrigger",
    "CreateView",
    "DDLConstructsError",
    "DropAttribute",
    "DropColumn",
    "DropCompositeType",
    "DropConstraint",
    "DropDomain",
    "DropDomainConstraint",
    "DropEnum",
    "DropExtension",
    "DropFunction",
    "DropIndex",
    "DropProcedure",
    "DropSchema",
    "DropSequence",
    "DropTable",
    "DropTableComment",
    "DropTrigger",
    "DropView",
    "EnumColumn",
    "ExecuteSQL",
    "ExistingObject",
    "Extension",
    "Facts",
    "Function",
    "Grant",
    "GrantPrivileges",
    "InapplicableChange",
    "IrreversibleChange",
    "Keep",
    "Lowering",
    "MalformedChange",
    "MaterializedView",
    "MissingFact",
    "ObjectInUse",
    "ObjectKey",
    "OpaqueChange",
    "Procedure",
    "RefreshMaterializedView",
    "RenameCompositeType",
    "RenameConstraint",
    "RenameDomainConstraint",
    "RenameEnumValue",
    "RenameIndex",
    "RenameTable",
    "ReplaceEnum",
    "RevokePrivileges",
    "SQLObject",
    "SchemaDraft",
    "SetTableSchema",
    "Spelling",
    "TableDraft",
    "Token",
    "Traits",
    "Trigger",
    "UnknownObject",
    "UnknownOption",
    "UnrewritableText",
    "UnsupportedChange",
    "UpdateExtension",
    "ValidateConstraint",
    "ValidateDomainConstraint",
    "View",
    "WrongValue",
    "applies",
    "apply",
    "apply_to",
    "create_check_constraint",
    "create_exclude_constraint",
    "create_foreign_key",
    "create_primary_key",
    "create_unique_constraint",
    "declared",
    "facts",
    "key_of",
    "lowers",
    "may_be_called",
    "raw_text",
    "register_facts",
    "register_traits",
    "stands_alone",
    "tokens",
    "traits",
    "view_of",
]
