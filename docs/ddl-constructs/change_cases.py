"""The calls that the pages on changes show: a title and a change each, by class.

The pages' SQL, undo and facts are made of them (`make_pages.py`), and the text of a call is
shown as it stands here. A case more is a line more.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator
from pathlib import Path

from ddl_constructs import (
    AddAttribute,
    AddColumn,
    AddConstraint,
    AddDomainConstraint,
    AddEnumValue,
    AlterAttribute,
    AlterColumn,
    AlterDomain,
    AlterSequence,
    AlterTableOptions,
    AlterTrigger,
    BulkInsert,
    Change,
    CompositeValue,
    CopyRows,
    CreateCompositeType,
    CreateDomain,
    CreateEnum,
    CreateExtension,
    CreateFunction,
    CreateIndex,
    CreateProcedure,
    CreateSchema,
    CreateSequence,
    CreateTable,
    CreateTableComment,
    CreateTrigger,
    CreateView,
    DropAttribute,
    DropColumn,
    DropCompositeType,
    DropConstraint,
    DropDomain,
    DropDomainConstraint,
    DropEnum,
    DropExtension,
    DropFunction,
    DropIndex,
    DropProcedure,
    DropSchema,
    DropSequence,
    DropTable,
    DropTableComment,
    DropTrigger,
    DropView,
    EnumColumn,
    ExecuteSQL,
    GrantPrivileges,
    RefreshMaterializedView,
    RenameCompositeType,
    RenameConstraint,
    RenameDomainConstraint,
    RenameEnumValue,
    RenameIndex,
    RenameObject,
    RenameTable,
    ReplaceEnum,
    RevokePrivileges,
    SetObjectSchema,
    SetOwner,
    SetTableSchema,
    UpdateExtension,
    ValidateConstraint,
    ValidateDomainConstraint,
    create_check_constraint,
    create_exclude_constraint,
    create_foreign_key,
    create_primary_key,
    create_unique_constraint,
)
from sqlalchemy import (
    CheckConstraint,
    Column,
    Enum,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    String,
    UniqueConstraint,
    column,
    func,
    select,
    table,
    text,
)
from sqlalchemy.dialects import postgresql

users = table("users", column("id", Integer()), column("name", String()))

CASES: dict[str, dict[str, Change]] = {
    "CreateTable": {
        "a table": CreateTable(
            "users", Column("id", Integer(), primary_key=True), Column("name", String(50))
        ),
        "with an index, a foreign key and comments": CreateTable(
            "orders",
            Column("id", Integer(), primary_key=True),
            Column("user_id", Integer(), ForeignKey("users.id"), comment="who ordered"),
            Index("ix_orders_user_id", "user_id"),
            comment="what was ordered",
        ),
        "with an enum": CreateTable(
            "people", Column("mood", Enum("sad", "happy", name="mood"), nullable=False)
        ),
        "unless it is there": CreateTable(
            "users", Column("id", Integer(), primary_key=True), if_not_exists=True
        ),
    },
    "DropTable": {
        "a table": DropTable("users"),
        "if it is there": DropTable("users", if_exists=True),
        "with its definition": DropTable(
            "users",
            existing_table=CreateTable("users", Column("id", Integer(), primary_key=True)),
        ),
    },
    "RenameTable": {
        "a table": RenameTable("users", "people"),
        "in a schema": RenameTable("users", "people", schema="app"),
    },
    "SetTableSchema": {
        "to a schema": SetTableSchema("orders", "archive", schema="app"),
        "to the default schema": SetTableSchema("orders", None, schema="archive"),
    },
    "AlterTableOptions": {
        "an option of several databases": AlterTableOptions(
            "users", mysql_row_format="DYNAMIC", postgresql_with={"fillfactor": 70}
        ),
        "with what was there": AlterTableOptions(
            "users",
            postgresql_with={"fillfactor": 70},
            existing_options={"postgresql_with": {"fillfactor": 50, "parallel_workers": 2}},
        ),
        "the database's default": AlterTableOptions(
            "users", mysql_row_format=None, postgresql_tablespace=None
        ),
        "what SQLite says only at the creation": AlterTableOptions("users", sqlite_strict=True),
        "rows stored otherwise": AlterTableOptions(
            "users",
            mysql_engine="InnoDB",
            mariadb_engine="InnoDB",
            postgresql_unlogged=True,
            mssql_data_compression="PAGE",
            oracle_compress=True,
        ),
    },
    "AddColumn": {
        "a column": AddColumn("users", Column("age", Integer())),
        "not null, with a default": AddColumn(
            "users", Column("active", Integer(), nullable=False, server_default=text("1"))
        ),
        "with a foreign key": AddColumn(
            "orders", Column("user_id", Integer(), ForeignKey("users.id", name="fk_user"))
        ),
        "with its foreign key inside": AddColumn(
            "orders", Column("user_id", Integer(), ForeignKey("users.id")), inline_references=True
        ),
        "with an index and a comment": AddColumn(
            "users", Column("email", String(100), index=True, comment="lower case")
        ),
        "unless it is there": AddColumn("users", Column("age", Integer()), if_not_exists=True),
        "in its place": AddColumn("users", Column("age", Integer()), insert_after="name"),
    },
    "DropColumn": {
        "a column": DropColumn("users", "age"),
        "if it is there": DropColumn("users", "age", if_exists=True),
        "with its default": DropColumn("users", "age", mssql_drop_default=True),
        "with its definition": DropColumn("users", "age", existing_column=Column("age", Integer())),
    },
    "AlterColumn": {
        "not null": AlterColumn("users", "age", nullable=False, existing_type=Integer()),
        "another type": AlterColumn(
            "users",
            "name",
            type_=String(100),
            existing_type=String(50),
            existing_nullable=False,
        ),
        "another type, by an expression": AlterColumn(
            "users",
            "age",
            type_=Integer(),
            existing_type=String(10),
            existing_nullable=True,
            postgresql_using="age::integer",
        ),
        "a default": AlterColumn("users", "age", server_default=text("18")),
        "no default": AlterColumn(
            "users", "age", server_default=None, existing_server_default=text("18")
        ),
        "another name": AlterColumn(
            "users", "age", new_column_name="years", existing_type=Integer(), existing_nullable=True
        ),
        "a comment": AlterColumn(
            "users",
            "age",
            comment="in years",
            existing_type=Integer(),
            existing_nullable=True,
            existing_comment=None,
        ),
        "several at once": AlterColumn(
            "users",
            "age",
            nullable=False,
            type_=String(3),
            new_column_name="years",
            existing_type=Integer(),
            existing_nullable=True,
        ),
        "nothing else known": AlterColumn("users", "age", nullable=False),
    },
    "AddConstraint": {
        "primary key": create_primary_key("pk_users", "users", ["id"]),
        "unique": create_unique_constraint("uq_users_email", "users", ["email"]),
        "foreign key": create_foreign_key(
            "fk_orders_user", "orders", "users", ["user_id"], ["id"], ondelete="CASCADE"
        ),
        "check": create_check_constraint("ck_users_age", "users", "age >= 0"),
        "check, the rows later": create_check_constraint(
            "ck_users_age", "users", "age >= 0", postgresql_not_valid=True
        ),
        "exclude": create_exclude_constraint(
            "ex_booking", "booking", ("room", "="), ("during", "&&")
        ),
        "a constraint of SQLAlchemy's": AddConstraint(
            "users", UniqueConstraint("email", name="uq_users_email")
        ),
        "without a name": create_unique_constraint(None, "users", ["email"]),
    },
    "DropConstraint": {
        "unique": DropConstraint("uq_users_email", "users", "unique"),
        "foreign key": DropConstraint("fk_orders_user", "orders", "foreignkey"),
        "primary key": DropConstraint("pk_users", "users", "primary"),
        "check": DropConstraint("ck_users_age", "users", "check"),
        "of a kind that isn't said": DropConstraint("uq_users_email", "users"),
        "if it is there": DropConstraint("uq_users_email", "users", "unique", if_exists=True),
        "with its definition": DropConstraint(
            "ck_users_age",
            "users",
            "check",
            existing_constraint=CheckConstraint("age >= 0", name="ck_users_age"),
        ),
    },
    "RenameConstraint": {
        "a constraint": RenameConstraint("uq_mail", "uq_users_email", "users"),
    },
    "ValidateConstraint": {
        "a constraint": ValidateConstraint("ck_users_age", "users"),
    },
    "CreateIndex": {
        "an index": CreateIndex("ix_users_name", "users", ["name"]),
        "unique": CreateIndex("ix_users_email", "users", ["email"], unique=True),
        "of an expression": CreateIndex("ix_users_lower", "users", [func.lower(column("name"))]),
        "of some rows": CreateIndex(
            "ix_users_active",
            "users",
            ["name"],
            postgresql_where=text("active = 1"),
            mssql_where=text("active = 1"),
            sqlite_where=text("active = 1"),
        ),
        "beside the work of others": CreateIndex(
            "ix_users_name", "users", ["name"], postgresql_concurrently=True
        ),
        "unless it is there": CreateIndex("ix_users_name", "users", ["name"], if_not_exists=True),
    },
    "DropIndex": {
        "an index": DropIndex("ix_users_name", "users"),
        "without its table": DropIndex("ix_users_name"),
        "if it is there": DropIndex("ix_users_name", "users", if_exists=True),
        "beside the work of others": DropIndex(
            "ix_users_name", "users", postgresql_concurrently=True
        ),
        "with its definition": DropIndex(
            "ix_users_name", "users", existing_index=CreateIndex("ix_users_name", "users", ["name"])
        ),
    },
    "RenameIndex": {
        "an index": RenameIndex("ix_name", "ix_users_name", "users"),
        "without its table": RenameIndex("ix_name", "ix_users_name"),
    },
    "CreateTableComment": {
        "a comment": CreateTableComment("users", "who may log in"),
        "another comment": CreateTableComment(
            "users", "who may log in", existing_comment="customers"
        ),
    },
    "DropTableComment": {
        "a comment": DropTableComment("users"),
        "with its text": DropTableComment("users", existing_comment="customers"),
    },
    "CreateEnum": {
        "a type": CreateEnum("mood", ["sad", "happy"]),
        "unless it is there": CreateEnum("mood", ["sad", "happy"], if_not_exists=True),
    },
    "DropEnum": {
        "a type": DropEnum("mood"),
        "if it is there": DropEnum("mood", if_exists=True),
        "if nobody uses it": DropEnum("mood", if_unused=True),
        "with its labels": DropEnum("mood", existing_labels=["sad", "happy"]),
    },
    "AddEnumValue": {
        "a label": AddEnumValue("mood", "glad"),
        "in its place": AddEnumValue("mood", "ok", after="sad"),
        "with those before": AddEnumValue(
            "mood", "ok", after="sad", existing_labels=("sad", "happy")
        ),
    },
    "RenameEnumValue": {
        "a label": RenameEnumValue("mood", "sad", "blue"),
    },
    "ReplaceEnum": {
        "with its columns": ReplaceEnum(
            "mood",
            ["ok", "happy"],
            columns=[EnumColumn("people", "mood", server_default="ok")],
            renamed={"sad": "ok"},
            existing_labels=["sad", "happy"],
        ),
        "without its columns": ReplaceEnum("mood", ["ok", "happy"]),
    },
    "CreateSequence": {
        "a sequence": CreateSequence("ids"),
        "with options": CreateSequence("ids", start=100, increment=10, cache=5),
        "unless it is there": CreateSequence("ids", if_not_exists=True),
    },
    "DropSequence": {
        "a sequence": DropSequence("ids"),
        "if it is there": DropSequence("ids", if_exists=True),
        "with its definition": DropSequence("ids", existing_sequence=CreateSequence("ids")),
    },
    "AlterSequence": {
        "an option": AlterSequence("ids", increment=10),
        "begin again": AlterSequence("ids", restart=True),
        "another name": AlterSequence("ids", new_sequence_name="order_ids"),
        "with what it was": AlterSequence(
            "ids", increment=10, existing_sequence=CreateSequence("ids", increment=1)
        ),
    },
    "CreateSchema": {
        "a schema": CreateSchema("audit"),
        "for a role": CreateSchema("audit", authorization="auditor"),
        "unless it is there": CreateSchema("audit", if_not_exists=True),
    },
    "DropSchema": {
        "a schema": DropSchema("audit"),
        "if it is there": DropSchema("audit", if_exists=True),
        "with what is in it": DropSchema("audit", cascade=True),
    },
    "CreateExtension": {
        "an extension": CreateExtension("pgcrypto"),
        "in a schema, of a version": CreateExtension("pgcrypto", schema="lib", version="1.3"),
        "unless it is there": CreateExtension("pgcrypto", if_not_exists=True),
    },
    "DropExtension": {
        "an extension": DropExtension("pgcrypto"),
        "if it is there, with what needs it": DropExtension(
            "pgcrypto", if_exists=True, cascade=True
        ),
    },
    "UpdateExtension": {
        "to the newest version": UpdateExtension("pgcrypto"),
        "to a version": UpdateExtension("pgcrypto", "1.4", existing_version="1.3"),
    },
    "GrantPrivileges": {
        "a table": GrantPrivileges(["SELECT", "INSERT"], "users", "reader"),
        "columns of it": GrantPrivileges(["UPDATE"], "users", "writer", columns=["name"]),
        "to pass on": GrantPrivileges(["SELECT"], "users", "reader", grantable=True),
        "a sequence": GrantPrivileges(["USAGE"], "ids", "writer", kind="sequence"),
        "a function": GrantPrivileges(
            ["EXECUTE"], "twice", "reader", kind="function", arguments="a integer"
        ),
        "a schema": GrantPrivileges(["USAGE"], "audit", "reader", kind="schema"),
        "a domain": GrantPrivileges(["USAGE"], "positive", "reader", kind="type"),
        "all, for everybody": GrantPrivileges(["ALL"], "users", "PUBLIC"),
    },
    "RevokePrivileges": {
        "a table": RevokePrivileges(["INSERT"], "users", "reader"),
        "columns of it": RevokePrivileges(["UPDATE"], "users", "writer", columns=["name"]),
        "and from those whom he gave them": RevokePrivileges(
            ["SELECT"], "users", "reader", cascade=True, existing_grantable=True
        ),
        "a schema": RevokePrivileges(["CREATE"], "public", "PUBLIC", kind="schema"),
    },
    "CreateDomain": {
        "a domain": CreateDomain(
            "positive", Integer(), checks=[CheckConstraint("VALUE > 0", name="above_zero")]
        ),
        "with all that it can have": CreateDomain(
            "code",
            String(9),
            schema="app",
            default="none",
            not_null=True,
            collation="C",
            checks=[CheckConstraint("VALUE <> ''"), CheckConstraint("VALUE = upper(VALUE)")],
        ),
        "of a model": CreateDomain.of(postgresql.DOMAIN("positive", Integer, check="VALUE > 0")),
        "unless it is there": CreateDomain("positive", Integer(), if_not_exists=True),
    },
    "DropDomain": {
        "a domain": DropDomain("positive"),
        "if it is there": DropDomain("positive", if_exists=True),
        "with its definition": DropDomain(
            "positive", existing_domain=CreateDomain("positive", Integer())
        ),
        "with the columns that are of it": DropDomain("positive", cascade=True),
    },
    "AlterDomain": {
        "no NULL": AlterDomain("positive", not_null=True),
        "another default": AlterDomain("positive", default="1"),
        "no default, with what it was": AlterDomain(
            "positive",
            default=None,
            existing_domain=CreateDomain("positive", Integer(), default="1"),
        ),
        "another name": AlterDomain("positive", new_domain_name="natural"),
    },
    "AddDomainConstraint": {
        "a check": AddDomainConstraint("positive", CheckConstraint("VALUE < 99", name="low")),
        "for new values": AddDomainConstraint(
            "positive", CheckConstraint("VALUE < 99", name="low", postgresql_not_valid=True)
        ),
    },
    "DropDomainConstraint": {
        "a check": DropDomainConstraint("positive", "low"),
        "with its condition": DropDomainConstraint(
            "positive", "low", existing_constraint=CheckConstraint("VALUE < 99", name="low")
        ),
        "if it is there": DropDomainConstraint("positive", "low", if_exists=True),
    },
    "RenameDomainConstraint": {
        "a check": RenameDomainConstraint("positive", "low", "below_99"),
    },
    "ValidateDomainConstraint": {
        "a check": ValidateDomainConstraint("positive", "low"),
    },
    "CreateCompositeType": {
        "a type": CreateCompositeType("place", [Column("x", Integer()), Column("y", Integer())]),
        "with one inside": CreateCompositeType(
            "way", [Column("begin", CompositeValue("place")), Column("name", String(50))]
        ),
        "unless it is there": CreateCompositeType(
            "place", [Column("x", Integer())], if_not_exists=True
        ),
    },
    "DropCompositeType": {
        "a type": DropCompositeType("place"),
        "if it is there": DropCompositeType("place", if_exists=True),
        "with its definition": DropCompositeType(
            "place", existing_type=CreateCompositeType("place", [Column("x", Integer())])
        ),
        "with the columns that are of it": DropCompositeType("place", cascade=True),
    },
    "RenameCompositeType": {
        "a type": RenameCompositeType("place", "spot", schema="app"),
    },
    "AddAttribute": {
        "an attribute": AddAttribute("place", Column("z", Integer())),
        "also to tables of the type": AddAttribute("place", Column("z", Integer()), cascade=True),
    },
    "DropAttribute": {
        "an attribute": DropAttribute("place", "z"),
        "with its type": DropAttribute("place", "z", existing_attribute=Column("z", Integer())),
        "if it is there": DropAttribute("place", "z", if_exists=True),
    },
    "AlterAttribute": {
        "another type": AlterAttribute("place", "x", type_=Numeric(), existing_type=Integer()),
        "another name": AlterAttribute("place", "x", new_attribute_name="longitude"),
    },
    "CreateView": {
        "a view": CreateView("grown_up", "SELECT id, name FROM users WHERE age >= 18"),
        "of a select": CreateView("named", select(users.c.id).where(users.c.name != "")),
        "in the place of another": CreateView(
            "grown_up",
            "SELECT id, name FROM users WHERE age >= 21",
            or_replace=True,
            existing_view=CreateView("grown_up", "SELECT id, name FROM users WHERE age >= 18"),
        ),
        "that keeps its rows": CreateView(
            "totals",
            "SELECT day, sum(amount) AS amount FROM orders GROUP BY day",
            materialized=True,
        ),
        "that checks what is written through it": CreateView(
            "grown_up",
            "SELECT id, age FROM users WHERE age >= 18",
            check_option="cascaded",
        ),
        "unless it is there": CreateView("one", "SELECT 1 AS n", if_not_exists=True),
    },
    "RefreshMaterializedView": {
        "a view": RefreshMaterializedView("totals"),
        "while others read it": RefreshMaterializedView("totals", concurrently=True),
        "to have no rows": RefreshMaterializedView("totals", with_data=False),
    },
    "DropView": {
        "a view": DropView("grown_up"),
        "that keeps its rows": DropView("totals", materialized=True),
        "if it is there": DropView("grown_up", if_exists=True),
        "with its definition": DropView("one", existing_view=CreateView("one", "SELECT 1 AS n")),
    },
    "CreateFunction": {
        "a function": CreateFunction(
            "twice", "RETURNS integer LANGUAGE sql AS 'SELECT 2 * a'", arguments="a integer"
        ),
        "in the place of another": CreateFunction(
            "one",
            "RETURNS integer LANGUAGE sql AS 'SELECT 1'",
            or_replace=True,
            existing_function=CreateFunction("one", "RETURNS integer LANGUAGE sql AS 'SELECT 2'"),
        ),
    },
    "DropFunction": {
        "a function": DropFunction("twice"),
        "by its arguments": DropFunction("twice", arguments="a integer DEFAULT 1"),
        "if it is there": DropFunction("twice", if_exists=True),
        "with its definition": DropFunction(
            "one",
            existing_function=CreateFunction("one", "RETURNS integer LANGUAGE sql AS 'SELECT 1'"),
        ),
    },
    "CreateProcedure": {
        "a procedure": CreateProcedure("tidy", "LANGUAGE sql AS 'DELETE FROM log'"),
        "in the place of what is there": CreateProcedure(
            "tidy", "LANGUAGE sql AS 'DELETE FROM log'", or_replace=True
        ),
    },
    "DropProcedure": {
        "a procedure": DropProcedure("tidy"),
        "if it is there": DropProcedure("tidy", if_exists=True),
        "with its definition": DropProcedure(
            "tidy",
            existing_procedure=CreateProcedure("tidy", "LANGUAGE sql AS 'DELETE FROM log'"),
        ),
    },
    "CreateTrigger": {
        "a trigger": CreateTrigger(
            "stamp", "users", "BEFORE UPDATE", "FOR EACH ROW EXECUTE FUNCTION stamp()"
        ),
        "in the place of another": CreateTrigger(
            "stamp",
            "users",
            "BEFORE UPDATE",
            "FOR EACH ROW EXECUTE FUNCTION stamp()",
            or_replace=True,
            existing_trigger=CreateTrigger(
                "stamp", "users", "AFTER UPDATE", "FOR EACH ROW EXECUTE FUNCTION stamp()"
            ),
        ),
        "that can wait": CreateTrigger(
            "sum_up",
            "orders",
            "AFTER INSERT",
            "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sum_up()",
            constraint=True,
        ),
    },
    "AlterTrigger": {
        "that it doesn't fire": AlterTrigger("stamp", "users", enabled=False),
        "with what it was": AlterTrigger("stamp", "users", enabled=False, existing_enabled=True),
        "that it fires where rows are replicated too": AlterTrigger(
            "stamp", "users", enabled="always"
        ),
    },
    "RenameObject": {
        "a view": RenameObject("grown_up", "adults", kind="view"),
        "a view that keeps its rows": RenameObject("totals", "sums", kind="materialized view"),
        "a function": RenameObject("twice", "doubled", kind="function", arguments="a integer"),
        "a trigger": RenameObject("stamp", "stamped", kind="trigger", table_name="users"),
        "a schema": RenameObject("audit", "log", kind="schema"),
    },
    "SetObjectSchema": {
        "a view": SetObjectSchema("grown_up", "archive", kind="view"),
        "a function": SetObjectSchema(
            "twice", "archive", kind="function", arguments="a integer", schema="app"
        ),
        "a sequence": SetObjectSchema("ids", "archive", kind="sequence"),
        "a domain or another type": SetObjectSchema("positive", "archive", kind="type"),
        "an extension": SetObjectSchema("pgcrypto", "archive", kind="extension"),
    },
    "SetOwner": {
        "a table": SetOwner("users", "app", kind="table"),
        "with whose it was": SetOwner("users", "app", kind="table", existing_owner="ada"),
        "a function": SetOwner("twice", "app", kind="function", arguments="a integer"),
        "a sequence": SetOwner("ids", "app", kind="sequence"),
        "a schema": SetOwner("audit", "app", kind="schema"),
    },
    "DropTrigger": {
        "a trigger": DropTrigger("stamp", "users"),
        "if it is there": DropTrigger("stamp", "users", schema="app", if_exists=True),
        "with its definition": DropTrigger(
            "stamp",
            "users",
            existing_trigger=CreateTrigger(
                "stamp", "users", "BEFORE UPDATE", "FOR EACH ROW EXECUTE FUNCTION stamp()"
            ),
        ),
    },
    "ExecuteSQL": {
        "an update": ExecuteSQL("UPDATE users SET name = upper(name)"),
        "a construct": ExecuteSQL(users.update().where(users.c.id == 1).values(name="Ada")),
        "text as it stands": ExecuteSQL("UPDATE users SET name = ':n'", raw=True),
        "what must run alone": ExecuteSQL("VACUUM"),
        "with what undoes it": ExecuteSQL(
            "COMMENT ON RULE quiet ON log IS 'x'",
            raw=True,
            undo="COMMENT ON RULE quiet ON log IS NULL",
        ),
    },
    "BulkInsert": {
        "rows": BulkInsert(users, [{"id": 1, "name": "Ada"}, {"id": 2, "name": "Kurt"}]),
    },
    "CopyRows": {
        "columns": CopyRows("users", "people", {"id": "id", "name": "name"}),
        "expressions": CopyRows(
            "users", "people", {"id": "id", "name": func.upper(column("name"))}
        ),
    },
}


def cases() -> dict[str, list[tuple[str, str, Change]]]:
    """Give the table above with the calls as they are written: title, text, change."""
    source = Path(__file__).read_text(encoding="utf-8")
    found = {}
    for name, several in _items(_assigned(ast.parse(source), "CASES")):
        made = CASES[name]
        found[name] = [(t, _written(source, node), made[t]) for t, node in _items(several)]
    return found


def _assigned(tree: ast.Module, name: str) -> ast.expr:
    for node in tree.body:
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == name and node.value:
            return node.value
    raise AssertionError(f"nothing is called {name}")


def _items(node: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    assert isinstance(node, ast.Dict), "the cases are written as a dict"
    for key, value in zip(node.keys, node.values, strict=True):
        assert isinstance(key, ast.Constant)
        yield str(key.value), value


def _written(source: str, node: ast.expr) -> str:
    text = ast.get_source_segment(source, node)
    assert text is not None
    first, *more = text.splitlines()
    return "\n".join([first, *textwrap.dedent("\n".join(more)).splitlines()])
