"""What lint finds: each rule with cases that must fire and cases that must not; what is allowed; its forms."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from alembic_projects import make, script, table
from migrate_cli.cli.door import run
from migrate_cli.cli.linting import _github, sarif
from migrate_cli.commands import lint
from migrate_cli.commands.linting import Linted
from migrate_cli.errors import UsageError
from migrate_cli.lint.looking import KNOWN

START = """
op.create_table("p", sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.String(9)))
op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.Integer),
    sa.Column("s", sa.String(9)))
"""
NEW = 'op.create_table("n", sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.Integer))\n'
FK = 'op.create_foreign_key("fk", "{t}", "p", ["a"], ["id"]{more})'
CHECK = 'op.create_check_constraint("ck", "{t}", "a > 0"{more})'
VALID = ", postgresql_not_valid=True"


@pytest.fixture
def project(make_project: Any) -> Any:
    """A project for PostgreSQL; there is no database, and none is needed."""
    project = make_project("postgresql+psycopg://nobody@127.0.0.1:1/none")
    project.settings("statement_lock_timeout = 2")
    project.revision("a1a1", None, START)
    return project


def codes(found: Linted) -> list[str]:
    return [one.code for one in found.findings if one.allowed is None]


FIRES = [
    pytest.param('op.create_index("i", "t", ["a"])', "blocking-index", id="index"),
    pytest.param('op.create_index("i", "t", ["a"], unique=True)', "blocking-index", id="unique-index"),
    pytest.param('op.execute("CREATE INDEX i ON t (a)")', "blocking-index", id="index-as-sql"),
    pytest.param('op.create_unique_constraint("u", "t", ["a"])', "blocking-index", id="unique"),
    pytest.param('op.add_column("t", sa.Column("b", sa.Integer, nullable=False))', "not-null-without-default", id="add-not-null"),
    pytest.param('op.alter_column("t", "a", nullable=False)', "set-not-null", id="set-not-null"),
    pytest.param('op.execute("ALTER TABLE t ALTER COLUMN a SET NOT NULL")', "set-not-null", id="set-not-null-as-sql"),
    pytest.param(FK.format(t="t", more=""), "validating-constraint", id="foreign-key"),
    pytest.param(CHECK.format(t="t", more=""), "validating-constraint", id="check"),
    pytest.param('op.execute("ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES p (id)")', "validating-constraint", id="foreign-key-as-sql"),
    pytest.param('op.alter_column("t", "a", type_=sa.BigInteger, existing_type=sa.Integer)', "rewriting-type", id="type"),
    pytest.param('op.alter_column("t", "a", type_=sa.BigInteger)', "rewriting-type", id="type-by-the-state"),
    pytest.param('op.execute("SELECT 1; CREATE INDEX i ON t (a); DROP TABLE t")', "blocking-index", id="several-statements"),
    pytest.param('op.execute("SELECT 1; CREATE INDEX i ON t (a); DROP TABLE t")', "drop-table", id="the-last-of-several"),
    pytest.param('op.execute("/* ; */ ALTER TABLE ONLY public.t ADD CONSTRAINT c CHECK (a > 0), DROP COLUMN s -- x")', "validating-constraint", id="several-actions"),
    pytest.param('op.execute("/* ; */ ALTER TABLE ONLY public.t ADD CONSTRAINT c CHECK (a > 0), DROP COLUMN s -- x")', "drop-column", id="the-last-action"),
    pytest.param('op.execute("ALTER TABLE t ADD b int NOT NULL")', "not-null-without-default", id="add-not-null-as-sql"),
    pytest.param('op.execute(sa.schema.CreateIndex(sa.Index("i", sa.Table("t", sa.MetaData(), sa.Column("a", sa.Integer)).c.a)))', "blocking-index", id="index-as-a-construct"),
    pytest.param('sa.Table("t", sa.MetaData()).drop(op.get_bind(), checkfirst=False)', "drop-table", id="through-the-bind"),
    pytest.param('op.add_column("t", sa.Column("b", sa.Integer, unique=True))', "blocking-index", id="unique-of-a-new-column"),
    pytest.param('op.add_column("t", sa.Column("b", sa.Integer, index=True))', "blocking-index", id="index-of-a-new-column"),
    pytest.param('for c in ("a", "s"): op.create_index(f"ix_{c}", "t", [c])', "blocking-index", id="in-a-loop"),
    pytest.param('with op.batch_alter_table("t") as batch: batch.drop_column("a")', "drop-column", id="in-a-block"),
    pytest.param(FK.format(t="t", more=VALID) + '\nop.validate_constraint("fk", "t")\nop.alter_column("t", "a", nullable=False)', "set-not-null", id="another-constraint-is-validated"),
    pytest.param('op.drop_table("t")', "drop-table", id="drop-table"),
    pytest.param('op.drop_column("t", "a")', "drop-column", id="drop-column"),
    pytest.param('op.execute("DROP TABLE IF EXISTS t")', "drop-table", id="drop-as-sql"),
    pytest.param('op.rename_table("t", "t2")', "rename", id="rename-table"),
    pytest.param('op.rename_object("v", "w", kind="view")', "rename", id="rename-view"),
    pytest.param('op.rename_object("f", "g", kind="function")', "rename", id="rename-function"),
    pytest.param('op.alter_column("t", "a", new_column_name="b")', "rename", id="rename-column"),
    pytest.param('op.execute("ALTER TABLE t RENAME COLUMN a TO b")', "rename", id="rename-as-sql"),
    pytest.param('op.add_column("t", sa.Column("b", sa.Integer))\nop.execute("UPDATE t SET b = a")', "data-with-ddl", id="data"),
    pytest.param('op.execute("UPDATE t SET a = 1")\nop.drop_constraint("c", "p")', "data-with-ddl", id="data-before"),
    pytest.param("from models import User", "imports-application", id="import"),
    pytest.param('op.drop_column("t", "a")\nop.add_column("t", sa.Column("b", sa.Integer))', "maybe-rename", id="drop-add"),
    pytest.param('op.add_column("t", sa.Column("b", sa.Integer))\nop.drop_column("t", "a")', "maybe-rename", id="add-drop"),
    pytest.param('op.drop_table("p")\nop.create_table("q", sa.Column("id", sa.Integer), sa.Column("a", sa.String))', "maybe-rename", id="drop-create"),
    pytest.param('op.create_unique_constraint(None, "t", ["a"])', "unnamed-constraint", id="unnamed-unique"),
    pytest.param('op.create_foreign_key(None, "t", "p", ["a"], ["id"])', "unnamed-constraint", id="unnamed-foreign-key"),
    pytest.param('op.create_check_constraint(None, "t", "a > 0")', "unnamed-constraint", id="unnamed-check"),
    pytest.param('op.add_column("t", sa.Column("b", sa.Integer, sa.ForeignKey("p.id")))', "unnamed-constraint", id="unnamed-of-a-new-column"),
    pytest.param('op.create_table("n", sa.Column("id", sa.Integer, unique=True))', "unnamed-constraint", id="unnamed-of-a-new-table"),
    pytest.param('op.create_table("n", sa.Column("b", sa.Enum("x", native_enum=False, create_constraint=True)))', "unnamed-constraint", id="unnamed-of-a-type"),
    pytest.param('with op.batch_alter_table("t") as batch: batch.create_unique_constraint(None, ["a"])', "unnamed-constraint", id="unnamed-in-a-block"),
    pytest.param('op.add_column("t", sa.Column("b", sa.Integer))  # migrate: allow everything', "unclear-allow", id="no-reason"),
    pytest.param('op.add_column("t", sa.Column("b", sa.Integer))  # migrate: allow nothing because x', "unclear-allow", id="no-rule"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "code"), FIRES)
def test_a_rule_fires(project: Any, body: str, code: str) -> None:
    (project.root / "models.py").write_text("User = None\n")
    project.revision("b2b2", "a1a1", body)

    found = lint(project.config, ["b2b2"])

    assert code in codes(found)
    (one, *_) = [one for one in found.findings if one.code == code]
    assert one.safe
    assert one.problem
    assert one.line is not None
    source = (project.root / "migrations/versions/b2b2.py").read_text().splitlines()
    said = body.splitlines()
    assert source[one.line - 1].strip() in said, "the line is the one that says it"


IN_SCHEMA = [
    pytest.param('op.create_index("i", "order", ["a"], schema="shop")', 'op.create_index("i", "order", ["a"], schema="shop", postgresql_concurrently=True)', id="index"),
    pytest.param('op.create_unique_constraint("u", "order", ["a"], schema="shop")', "op.execute('ALTER TABLE shop.\"order\" ADD CONSTRAINT u UNIQUE USING INDEX u')", id="unique"),
    pytest.param('op.create_unique_constraint(None, "order", ["a"], schema="shop")', 'op.create_unique_constraint("uq_order_a", "order", ["a"], schema="shop")', id="unnamed-unique"),
    pytest.param('op.create_foreign_key("f", "order", "p", ["a"], ["id"], source_schema="shop")', 'op.create_foreign_key("f", "order", ..., source_schema="shop", postgresql_not_valid=True)', id="foreign-key"),
    pytest.param('op.create_foreign_key(None, "order", "p", ["a"], ["id"], source_schema="shop", referent_schema="r")', 'op.create_foreign_key("fk_order_a_p", "order", "p", ["a"], ["id"], source_schema="shop", referent_schema="r")', id="unnamed-foreign-key"),
    pytest.param('op.alter_column("order", "a", nullable=False, schema="shop")', 'op.alter_column("order", "a", nullable=False, schema="shop")  # reads', id="not-null"),
    pytest.param('op.add_column("order", sa.Column("b", sa.Integer, nullable=False), schema="shop")', 'op.add_column("order", sa.Column("b", ..., nullable=True), schema="shop")', id="column"),
    pytest.param('op.drop_column("order", "a", schema="shop")', 'op.drop_column("order", "a", schema="shop")', id="drop-column"),
    pytest.param('op.rename_table("orders", "order", schema="shop")', "op.create_view(\"orders\", 'SELECT * FROM shop.\"order\"', schema=\"shop\")", id="rename"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "better"), IN_SCHEMA)
def test_what_is_written_instead_names_the_table_as_scripts_do(
    project: Any, body: str, better: str
) -> None:
    """With its schema as a keyword, and quoted in SQL."""
    project.revision("b2b2", "a1a1", body)

    assert better in "\n".join(one.safe for one in lint(project.config, ["b2b2"]).findings)


def test_a_finding_in_a_block_stands_at_its_own_line(project: Any) -> None:
    """So does the comment that allows it."""
    project.revision(
        "b2b2",
        "a1a1",
        """
        with op.batch_alter_table("t") as batch:
            batch.drop_column("a")
            batch.drop_column("s")  # migrate: allow drop-column because nobody reads it
        """,
    )
    source = (project.root / "migrations/versions/b2b2.py").read_text().splitlines()

    found = [one for one in lint(project.config, ["b2b2"]).findings if one.code == "drop-column"]

    lines = [source[(one.line or 0) - 1].split("#")[0].strip() for one in found]
    assert lines == ['batch.drop_column("a")', 'batch.drop_column("s")']
    assert [one.allowed for one in found] == [None, "nobody reads it"]


SILENT = [
    pytest.param('op.create_index("i", "t", ["a"], postgresql_concurrently=True)', id="concurrently"),
    pytest.param('op.execute("CREATE INDEX CONCURRENTLY i ON t (a)")', id="concurrently-as-sql"),
    pytest.param(NEW + 'op.create_index("i", "n", ["a"])', id="index-of-a-new-table"),
    pytest.param(NEW + 'op.create_unique_constraint("u", "n", ["a"])', id="unique-of-a-new-table"),
    pytest.param('op.add_column("t", sa.Column("b", sa.Integer))', id="add-nullable"),
    pytest.param('op.add_column("t", sa.Column("b", sa.Integer, nullable=False, server_default="1"))', id="add-default"),
    pytest.param(NEW + 'op.alter_column("n", "a", nullable=False)', id="not-null-of-a-new-table"),
    pytest.param('op.alter_column("t", "a", nullable=True)', id="drop-not-null"),
    pytest.param(FK.format(t="t", more=VALID), id="foreign-key-not-valid"),
    pytest.param(CHECK.format(t="t", more=VALID), id="check-not-valid"),
    pytest.param('op.validate_constraint("ck", "t")\nop.alter_column("t", "a", nullable=False)', id="validated-before"),
    pytest.param(NEW + FK.format(t="n", more=""), id="foreign-key-of-a-new-table"),
    pytest.param('op.alter_column("t", "s", type_=sa.Text, existing_type=sa.String(9))', id="type-without-rewrite"),
    pytest.param('op.alter_column("t", "s", type_=sa.String(20))', id="type-by-the-state"),
    pytest.param(NEW + 'op.drop_table("n")', id="drop-of-a-new-table"),
    pytest.param(NEW + 'op.rename_table("n", "m")\nop.drop_column("m", "a")', id="renamed-new-table"),
    pytest.param('op.drop_constraint("c", "t"); op.drop_index("i")', id="drops-no-data"),
    pytest.param('op.create_table("n", sa.Column("id", sa.Integer, sa.ForeignKey("p.id", name="f"), primary_key=True, index=True, unique=True), sa.Column("b", sa.Boolean(create_constraint=True)), sa.UniqueConstraint("b", name="u"), sa.CheckConstraint("id > 0", name="c"))', id="all-have-names"),
    pytest.param('op.create_table("n", sa.Column("id", sa.Integer, primary_key=True, unique=True))  # migrate: allow unnamed-constraint because it never goes', id="unnamed-and-allowed"),
    pytest.param('op.execute("UPDATE t SET a = 1")', id="data-alone"),
    pytest.param(NEW + 'op.execute("INSERT INTO n VALUES (1, 1)")', id="data-of-a-new-table"),
    pytest.param('op.execute("UPDATE t SET a = 1")\nop.create_index("i", "t", ["a"], postgresql_concurrently=True)', id="data-and-alone"),
    pytest.param("import json, sqlalchemy\nfrom migrate_cli import op as o", id="imports-of-others"),
    pytest.param('op.execute("ALTER TABLE t ADD CONSTRAINT c CHECK (a IS NOT NULL) NOT VALID")\n'
                 'op.execute("ALTER TABLE t VALIDATE CONSTRAINT c; ALTER TABLE t ALTER a SET NOT NULL")', id="validated-as-sql"),
    pytest.param('op.execute("CREATE FUNCTION f() RETURNS int AS \'DROP TABLE t; SELECT 1\' LANGUAGE sql")', id="in-a-function"),
    pytest.param('op.execute("CREATE TRIGGER x BEFORE UPDATE ON t BEGIN DROP TABLE t; END")', id="in-a-trigger"),
    pytest.param('op.execute("ALTER TABLE t ADD b int NOT NULL DEFAULT 1, ADD c serial NOT NULL")', id="add-default-as-sql"),
    pytest.param('op.execute("SELECT \';\'; SELECT $$; DROP TABLE t; $$")', id="in-dollars"),
    pytest.param('op.execute("COMMENT ON TABLE t IS \'DROP TABLE t\'")', id="in-a-string"),
]  # fmt: skip


@pytest.mark.parametrize("body", SILENT)
def test_no_rule_fires(project: Any, body: str) -> None:
    project.revision("b2b2", "a1a1", body)

    assert codes(lint(project.config, ["b2b2"])) == []


def test_mysql_fills_what_others_refuse(project: Any) -> None:
    """Seen on MariaDB 10.11: ALTER TABLE t ADD b INTEGER NOT NULL leaves 0 in the rows."""
    project.url = "mysql+pymysql://x@127.0.0.1:1/x"
    project.revision(
        "b2b2", "a1a1", 'op.add_column("t", sa.Column("b", sa.Integer, nullable=False))'
    )

    (found, *_) = lint(project.config, ["b2b2"]).findings

    assert found.code == "not-null-without-default"
    assert "gives the rows of t an empty b" in found.problem


@pytest.mark.parametrize("url", ["sqlite:///x.db", "mysql+pymysql://x@127.0.0.1:1/x"])
def test_a_rule_about_locks_fires_only_where_there_is_a_weaker_one(project: Any, url: str) -> None:
    project.url = url
    project.revision(
        "b2b2",
        "a1a1",
        'op.create_index("i", "t", ["a"])\nop.create_unique_constraint("u", "t", ["a"])\n'
        'op.execute("UPDATE t SET a = 1")',
    )

    assert codes(lint(project.config, ["b2b2"])) == []


@pytest.mark.parametrize(
    ("setting", "body", "fires"),
    [
        ("", 'op.add_column("t", sa.Column("b", sa.Integer))', True),
        (
            "",
            'op.execute("SET lock_timeout = 5000")\nop.add_column("t", sa.Column("b", sa.Text))',
            False,
        ),
        ("", 'op.create_index("i", "t", ["a"], postgresql_concurrently=True)', False),
        ("", 'op.timeouts(lock="2s")\nop.add_column("t", sa.Column("b", sa.Text))', False),
        ("", 'op.timeouts(statement="2s")\nop.add_column("t", sa.Column("b", sa.Text))', True),
        ("", NEW + 'op.add_column("n", sa.Column("b", sa.Text))', False),
        ("statement_lock_timeout = '2s'", 'op.add_column("t", sa.Column("b", sa.Text))', False),
    ],
)
def test_a_lock_timeout_is_asked_for_once_a_revision(
    project: Any, setting: str, body: str, fires: bool
) -> None:
    project.settings(setting)
    project.revision("b2b2", "a1a1", f'{body}\nop.execute("SELECT 1")')

    assert codes(lint(project.config, ["b2b2"])) == (["no-lock-timeout"] if fires else [])
    project.revision("b2b2", "a1a1", f'{body}\nop.add_column("p", sa.Column("z", sa.Text))')
    assert codes(lint(project.config, ["b2b2"])).count("no-lock-timeout") <= 1


def test_a_naming_convention_gives_constraints_their_names(project: Any) -> None:
    body = 'op.create_table("n", sa.Column("id", sa.Integer, unique=True))'
    project.revision("b2b2", "a1a1", f'{body}\nop.create_unique_constraint(None, "n", ["id"])')
    assert codes(lint(project.config)) == ["unnamed-constraint", "unnamed-constraint"]

    project.settings('naming_convention = {uq = "uq_%(table_name)s_%(column_0_name)s"}')

    assert codes(lint(project.config)) == []


@pytest.mark.parametrize(
    ("body", "safe"),
    [
        (
            'op.create_unique_constraint(None, "t", ["a", "s"])',
            'op.create_unique_constraint("uq_t_a_s", "t", ["a", "s"])',
        ),
        (
            'op.create_foreign_key(None, "t", "p", ["a"], ["id"])',
            'op.create_foreign_key("fk_t_a_p", "t", "p", ["a"], ["id"])',
        ),
        (
            'op.add_column("t", sa.Column("b", sa.Integer, sa.ForeignKey("x.p.id")))',
            'sa.ForeignKeyConstraint(["b"], ["x.p.id"], name="fk_t_b_p")',
        ),
        (
            'op.create_table("n", sa.Column("b", sa.Integer, unique=True))',
            'sa.UniqueConstraint("b", name="uq_n_b")',
        ),
    ],
)
def test_a_constraint_without_a_name_is_written_with_one(
    project: Any, body: str, safe: str
) -> None:
    project.url = "sqlite:///x.db"
    project.revision("b2b2", "a1a1", body)

    (found,) = [
        one for one in lint(project.config, ["b2b2"]).findings if one.code == "unnamed-constraint"
    ]

    assert found.safe.splitlines()[0] == safe


def test_what_is_allowed_is_kept_with_its_reason(project: Any) -> None:
    project.revision(
        "b2b2",
        "a1a1",
        'op.drop_column("t", "a")  # migrate: allow drop-column because nobody reads it',
    )

    found = lint(project.config, ["b2b2"])

    assert [(one.code, one.allowed) for one in found.findings] == [
        ("drop-column", "nobody reads it")
    ]
    assert found.clean


def test_the_settings_leave_rules_out(project: Any) -> None:
    project.settings('lint_ignore = ["rename", "no-lock-timeout"]')
    project.revision("b2b2", "a1a1", 'op.rename_table("t", "u")')

    assert codes(lint(project.config)) == []
    project.settings('lint_ignore = ["nothing"]')
    with pytest.raises(UsageError, match="no rule"):
        lint(project.config)


def test_what_cant_be_seen_is_said_and_the_rest_is_judged(project: Any) -> None:
    project.revision(
        "b2b2",
        "a1a1",
        'op.drop_column("t", "a")\nop.get_bind().execute(sa.text("SELECT 1")).all()\nop.drop_table("t")',
    )
    broken = project.revision("c3c3", "b2b2")
    broken.write_text(broken.read_text().replace("import sqlalchemy", "import nothing_there"))
    project.revision("d4d4", "c3c3", 'op.drop_column("p", "a")')

    found = lint(project.config)

    assert codes(found) == ["drop-column", "drop-column"]
    assert [(one.revision, one.reason.partition(":")[0]) for one in found.unseen] == [
        ("b2b2", "the script reads live data"),
        ("c3c3", "the file can't be imported"),
    ]


def test_only_what_a_branch_brings_is_judged(project: Any, tmp_path: Path) -> None:
    def git(*words: str) -> None:
        names = ["-c", "user.name=x", "-c", "user.email=x@x", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *names, *words], cwd=project.root, check=True, capture_output=True)

    git("init", "-b", "trunk")
    project.revision("b2b2", "a1a1", 'op.drop_column("t", "a")')
    git("add", ".")
    git("commit", "-m", "one")
    git("checkout", "-b", "topic")
    project.revision("c3c3", "b2b2", 'op.drop_column("p", "a")')
    git("add", ".")
    git("commit", "-m", "two")
    project.revision("d4d4", "c3c3", 'op.drop_table("p")')

    found = lint(project.config, since="trunk")

    assert [(one.revision, one.code) for one in found.findings] == [
        ("c3c3", "drop-column"),
        ("d4d4", "drop-table"),
    ]
    assert found.revisions == 2
    with pytest.raises(UsageError, match="no-such-branch"):
        lint(project.config, since="no-such-branch")
    with pytest.raises(UsageError, match="git"):
        lint(project.config, since="--help")


def test_github_and_sarif_have_place_code_and_reason(project: Any) -> None:
    project.revision(
        "b2b2",
        "a1a1",
        'op.drop_column("t", "a")\nop.drop_table("t")  # migrate: allow drop-table because "100% sure"',
    )
    found = lint(project.config, ["b2b2"])

    (line,) = _github(found)
    written = json.loads(json.dumps(sarif(found)))

    assert line.startswith("::warning file=")
    assert ",line=11,title=drop-column::drop column t.a" in line
    assert "\n" not in line
    (ran,) = written["runs"]
    assert {one["id"] for one in ran["tool"]["driver"]["rules"]} >= KNOWN - {"data-loss"}
    assert [one["ruleId"] for one in ran["results"]] == ["drop-column", "drop-table"]
    assert ran["results"][1]["suppressions"][0]["justification"] == '"100% sure"'
    for one in ran["results"]:
        assert ran["tool"]["driver"]["rules"][one["ruleIndex"]]["id"] == one["ruleId"]


STANDARD: dict[str, tuple[set[str], set[str]]] = {
    "": ({"version", "runs"}, {"$schema"}),
    "runs": ({"tool"}, {"results"}),
    "tool": ({"driver"}, set()),
    "driver": ({"name"}, {"version", "rules"}),
    "rules": ({"id"}, {"shortDescription"}),
    "shortDescription": ({"text"}, set()),
    "results": ({"message"}, {"ruleId", "ruleIndex", "level", "locations", "suppressions"}),
    "message": ({"text"}, set()),
    "locations": (set(), {"physicalLocation"}),
    "physicalLocation": ({"artifactLocation"}, {"region"}),
    "artifactLocation": ({"uri"}, set()),
    "region": ({"startLine"}, set()),
    "suppressions": ({"kind"}, {"justification"}),
}
"""By SARIF 2.1.0: what an object must have, and which others of its properties we write; it may have no unknown ones."""


def test_sarif_has_what_the_standard_wants_and_nothing_else(project: Any) -> None:
    file = project.revision(
        "b2b2", "a1a1", 'op.drop_table("t")  # migrate: allow drop-table because x'
    )
    file.rename(file.with_name("b2 100% ü.py"))

    def check(value: Any, name: str) -> None:
        if isinstance(value, list):
            for one in value:
                check(one, name)
        elif isinstance(value, dict):
            must, may = STANDARD[name]
            assert must <= set(value) <= must | may, name
            for key, inner in value.items():
                check(inner, key)

    written = json.loads(json.dumps(sarif(lint(project.config))))

    check(written, "")
    assert written["version"] == "2.1.0"
    (result,) = written["runs"][0]["results"]
    assert result["level"] in ("none", "note", "warning", "error")
    assert result["suppressions"][0]["kind"] in ("inSource", "external")
    (place,) = result["locations"]
    assert place["physicalLocation"]["artifactLocation"]["uri"].endswith("b2%20100%25%20%C3%BC.py")
    assert place["physicalLocation"]["region"]["startLine"] >= 1


def test_github_takes_no_sign_in_a_name_for_its_own(project: Any) -> None:
    file = project.revision("b2b2", "a1a1", 'op.drop_column("t", "a%b::,\\n")')
    file.rename(file.with_name("b,2:2%.py"))

    (line,) = _github(lint(project.config))

    place, _, text = line.partition("::warning ")[2].partition("::")
    assert place.count(",") == 2
    assert "b%2C2%3A2%25.py,line=" in place
    assert "a%25b::,%0A" in text


def test_an_alembic_project_is_judged_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    files = {
        "a": table("users", "aa11"),
        "b": script("bb22", "aa11", 'op.create_index("i", "users", ["id"])'),
        "c": script("cc33", "bb22", 'op.drop_table("users")'),
    }
    make(tmp_path, "postgresql+psycopg://app:secret@127.0.0.1:1/app", files)

    assert run(["lint", "bb22"]) == 1
    said = capsys.readouterr().out
    assert "scripts/versions/b.py:10  blocking-index  create index i on users (id)" in said
    assert "drop-table" not in said
    assert run(["lint", "--json", "aa11"]) == 0
    assert json.loads(capsys.readouterr().out)["findings"] == []
