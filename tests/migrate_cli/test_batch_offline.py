"""Batch blocks in SQL scripts: as a connection does them, without one; or refused, and by which revision."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from migrate_cli import Operations, commands
from migrate_cli.batch.words import BatchOperations
from migrate_cli.config import Config, load
from migrate_cli.recorded import state_at
from migrate_cli.scripts import Scripts
from migrate_cli.sinks import OfflineSink
from migrate_cli.sinks.offline import Written, offline_dialect
from sqlalchemy.dialects import sqlite

HEAD = """
import sqlalchemy as sa
from migrate_cli import op

revision, down_revision = {id!r}, {before!r}


def upgrade():
{up}


def downgrade():
{down}
"""
SCRIPTS = {
    "r1": """
    op.create_table(
        "p",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("a", sa.String(9)),
        sa.CheckConstraint("a <> 'x'"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "c", sa.Column("p_id", sa.Integer, sa.ForeignKey("p.id", ondelete="CASCADE"))
    )
    op.execute("CREATE TRIGGER g AFTER INSERT ON p BEGIN UPDATE c SET p_id = 1; END")
    op.execute("CREATE VIEW v AS SELECT a FROM p")
    op.create_index("ix", "p", [sa.text("lower(a) DESC")])
    op.execute("INSERT INTO p VALUES (3, 'q'), (9, 'r')")
    op.execute("DELETE FROM p WHERE id = 9")
    op.execute("INSERT INTO c VALUES (3)")
""",
    "r2": """
    with op.batch_alter_table("p") as batch:
        batch.alter_column("a", nullable=False, server_default="it's :z 50%")
        batch.add_column(sa.Column("n", sa.Integer, sa.CheckConstraint("n > 0", name="ck_n")))
        batch.create_unique_constraint("uq", ["a"])
""",
    "r3": """
    with op.batch_alter_table("p", recreate="always") as batch:
        batch.alter_column("a", new_column_name="b", type_=sa.Text())
        batch.drop_constraint("uq", type_="unique")
    op.execute("INSERT INTO p (b) VALUES ('s')")
""",
    "r4": """
    op.get_bind().execute(sa.text("SELECT 1")).scalar()
""",
    "r5": """
    with op.batch_alter_table("p") as batch:
        batch.alter_column("b", nullable=True)
""",
    "r6": """
    table = sa.Table(
        "q", sa.MetaData(), sa.Column("id", sa.Integer), sa.Column("t", sa.Text), sa.Index("iq", "t")
    )
    with op.batch_alter_table("q", copy_from=table) as batch:
        batch.alter_column("t", nullable=False)
        batch.alter_column("t", new_column_name="u")
""",
}
DOWN = {
    "r3": """
    with op.batch_alter_table("p") as batch:
        batch.alter_column("b", new_column_name="a", nullable=True)
"""
}


@pytest.fixture
def project(tmp_path: Path) -> Config:
    versions = tmp_path / "migrations" / "versions"
    versions.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text(
        '[tool.migrate]\nurl = "sqlite:///made.db"\nscripts = "migrations"\n'
    )
    before = None
    for name, up in SCRIPTS.items():
        text = HEAD.format(id=name, before=before, up=up, down=DOWN.get(name, "    pass"))
        (versions / f"{name}.py").write_text(text)
        before = name
    return load(tmp_path)


def dumped(connection: sqlite3.Connection) -> list[str]:
    return list(connection.iterdump())


def online(project: Config, target: str) -> list[str]:
    commands.upgrade(project, target)
    with sqlite3.connect(project.root / "made.db") as connection:
        connection.execute("DROP TABLE IF EXISTS migrate_journal")  # a script keeps none
        return dumped(connection)


def script(project: Config, target: str, *, down: bool = False) -> str:
    stream = io.StringIO()
    (commands.downgrade if down else commands.upgrade)(project, target, sql=stream)
    return stream.getvalue()


@pytest.mark.parametrize("foreign_keys", ["ON", "OFF"])
@pytest.mark.parametrize("parts", [["r3"], ["r1", "r1:r2", "r2:r3"], ["r2", "r2:r3"]])
def test_a_script_leaves_what_a_connection_leaves(
    project: Config, parts: list[str], foreign_keys: str
) -> None:
    made = sqlite3.connect(":memory:")
    made.execute(f"PRAGMA foreign_keys={foreign_keys}")

    for part in parts:
        made.executescript(script(project, part))

    assert dumped(made) == online(project, "r3")
    made.close()


def test_a_script_goes_down_too(project: Config) -> None:
    made = sqlite3.connect(":memory:")
    made.executescript(script(project, "r3"))

    made.executescript(script(project, "r3:r2", down=True))

    (text,) = made.execute("SELECT sql FROM sqlite_master WHERE name = 'p'").fetchone()
    assert "a TEXT DEFAULT" in " ".join(text.split())
    made.close()


def gaps(project: Config, target: str) -> list[str]:
    moved = commands.upgrade(project, target, sql=io.StringIO())
    return [gap.describe() for gap in moved.gaps]


def test_what_can_not_be_known_is_a_gap_that_names_the_revision_that_hides_it(
    project: Config,
) -> None:
    (said,) = gaps(project, "r4:r5")

    assert "table p isn't known from the revisions since revision r4" in said
    assert "reads live data" in said


def test_after_a_gap_no_table_is_guessed_at(project: Config) -> None:
    """What the gap does to the table is what the script doesn't know."""
    first, second = gaps(project, "r5")

    assert first.endswith("reads live data: SELECT 1; nor is what follows in this revision")
    assert "table p isn't known from the revisions since revision r4: a gap" in second


def test_copy_from_needs_no_revisions(project: Config) -> None:
    made = sqlite3.connect(":memory:")
    made.executescript(
        "CREATE TABLE q (id INTEGER, t TEXT); CREATE INDEX iq ON q (t);"
        "CREATE TABLE migrate_version (version_num TEXT); INSERT INTO migrate_version VALUES ('r5')"
    )

    made.executescript(script(project, "r5:r6"))

    assert [" ".join(sql.split()) for (sql,) in made.execute("SELECT sql FROM sqlite_master")] == [
        "CREATE TABLE migrate_version (version_num TEXT)",
        'CREATE TABLE "q" ( id INTEGER, u TEXT NOT NULL )',
        "CREATE INDEX iq ON q (u)",
    ]
    made.close()


def test_a_table_that_no_revision_makes_is_not_guessed_at(project: Config) -> None:
    path = project.root / "migrations" / "versions" / "r5.py"
    path.write_text(
        path.read_text().replace('"p"', '"z"').replace('"r4"', '"r3"').replace("'r4'", "'r3'")
    )
    (project.root / "migrations" / "versions" / "r4.py").unlink()

    (said,) = gaps(project, "r3:r5")

    assert "table z isn't known: no revision makes it" in said


def test_a_block_that_fits_any_table_needs_none_to_be_known(project: Config) -> None:
    path = project.root / "migrations" / "versions" / "r5.py"
    path.write_text(
        path.read_text().replace(
            'batch.alter_column("b", nullable=True)',
            'batch.add_column(sa.Column("m", sa.Text(), server_default="1"))\n'
            '        batch.create_index("im", ["m"])',
        )
    )

    said = script(project, "r4:r5")

    assert "ALTER TABLE p ADD COLUMN m TEXT DEFAULT '1'" in said
    assert "CREATE INDEX im ON p (m)" in said
    path.write_text(path.read_text().replace('server_default="1"', "nullable=False"))
    assert len(gaps(project, "r4:r5")) == 1


def test_blocks_are_recorded_as_the_changes_that_they_hold(project: Config) -> None:
    state = state_at(Scripts.of(project).graph, ["r3"], sqlite.dialect())

    assert state.complete
    table = state.table("p")
    assert table.columns.keys() == ["id", "b", "n"]
    assert not table.c.b.nullable


def test_copy_from_has_the_names_that_a_block_begins_with(project: Config) -> None:
    with sqlite3.connect(project.root / "made.db") as made:
        made.executescript(
            "CREATE TABLE q (id INTEGER, t TEXT); CREATE INDEX iq ON q (t);"
            "CREATE TABLE migrate_version (version_num TEXT);"
            "INSERT INTO migrate_version VALUES ('r5')"
        )

    commands.upgrade(project, "r6")

    (sql,) = made.execute("SELECT sql FROM sqlite_master WHERE name = 'q'").fetchone()
    assert "u TEXT NOT NULL" in sql
    made.close()


@pytest.mark.parametrize(
    ("column", "value", "said", "told"),
    [
        ("DATETIME", "'2021-03-01 10:00:00'", lambda b: b.alter_column("a", type_=sa.Date()), "rows of t have a time of day, which would be lost in a"),
        ("TEXT", "'seven'", lambda b: b.alter_column("a", type_=sa.Integer()), "rows of t aren't whole numbers in a"),
        ("INTEGER", "NULL", lambda b: b.create_primary_key("pk", ["a"]), "rows of t have no a"),
    ],
)  # fmt: skip
def test_a_script_stops_where_a_value_would_be_lost(
    column: str, value: str, said: Callable[[BatchOperations], object], told: str
) -> None:
    stream = io.StringIO()
    sink = OfflineSink(offline_dialect(sqlite.dialect), stream)
    sink.earlier = lambda: [Written(f"CREATE TABLE t (a {column})", "r1")]
    with sink.transaction(), Operations(sink).batch_alter_table("t") as batch:
        said(batch)
    raw = sqlite3.connect(":memory:")
    raw.executescript(f"CREATE TABLE t (a {column}); INSERT INTO t VALUES ({value})")
    before = dumped(raw)

    with pytest.raises(sqlite3.IntegrityError, match=f"CHECK constraint failed: {told}"):
        raw.executescript(stream.getvalue())

    raw.rollback()
    assert dumped(raw) == before
    raw.execute("DELETE FROM t")
    raw.commit()
    raw.executescript(stream.getvalue())
    assert raw.execute("SELECT count(*) FROM sqlite_temp_master").fetchone() == (0,)
    raw.close()
