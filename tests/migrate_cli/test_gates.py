"""The gates before a run: what would be lost, what is protected, what has no way back."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from alembic_projects import make, script
from migrate_cli.cli.door import run
from migrate_cli.commands import current, downgrade, stamp, upgrade
from migrate_cli.errors import ConfigurationError, Irreversible, ProtectedDatabase, WouldLoseData
from migrate_cli.failures import RevisionFailed
from migrate_cli.gates import Gate
from migrate_cli.losses.allowances import allowances
from migrate_cli.losses.of_scripts import losses
from sqlalchemy import text

TABLE = (
    'op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("n", sa.Text))'
)
ROW = "op.execute(\"INSERT INTO t VALUES (1, 'a')\")"


def at(project: Any) -> list[str]:
    return [one.id for one in current(project.config).revisions]


LOSES = [
    pytest.param('op.drop_table("t")', ["drop table t"], id="drop-table"),
    pytest.param('op.drop_table("t", schema="s")', ["drop table s.t"], id="schema"),
    pytest.param('op.drop_table(name)', ["drop table ?"], id="computed-name"),
    pytest.param('op.drop_column("t", "n")', ["drop column t.n"], id="drop-column"),
    pytest.param('with op.batch_alter_table("t") as b:\n    b.drop_column("n")', ["drop column t.n"], id="batch"),
    pytest.param('op.execute("DELETE FROM t WHERE n = 1")', ["delete rows of t"], id="delete"),
    pytest.param('op.execute(sa.text("TRUNCATE t"))', ["truncate t"], id="text"),
    pytest.param('op.execute(f"DROP TABLE x_{n}")', ["drop table x_?"], id="f-string"),
    pytest.param('op.execute(t.delete().where(t.c.n == 1))', ["delete rows"], id="construct"),
    pytest.param('op.get_bind().execute(sa.text("ALTER TABLE t DROP n"))', ["drop column t.n"], id="bind"),
    pytest.param('for t in ts:\n    op.drop_table("t")', ["drop table t"], id="loop"),
    pytest.param('op.drop_index("i"); op.drop_constraint("c", "t")', [], id="no-data"),
    pytest.param('op.execute("ALTER TABLE t ALTER n DROP NOT NULL")', [], id="drop-not-null"),
    pytest.param('op.execute("UPDATE t SET n = \'DROP TABLE x\'")', [], id="in-a-string"),
    pytest.param('op.drop_table("t")  # migrate: allow data-loss because nobody reads it', [], id="allowed"),
    pytest.param('# migrate: allow drop-table because it is empty\nop.drop_table("t")', [], id="above"),
    pytest.param('op.drop_table(\n    "t",\n)  # migrate: allow drop-table because x', [], id="behind-several-lines"),
    pytest.param('op.drop_table("t")  # migrate: allow data-loss', ["drop table t"], id="no-reason"),
    pytest.param('op.drop_table("t")  # migrate: allow drop-column because x', ["drop table t"], id="another"),
    pytest.param('# migrate: allow drop-table because x\nop.drop_table("u")\nop.drop_table("t")', ["drop table t"], id="only-the-next"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "lost"), LOSES)
def test_what_a_script_loses_is_read_from_its_text(
    sqlite_project: Any, body: str, lost: list[str]
) -> None:
    path = sqlite_project.revision("a1a1", None, body, 'op.drop_table("other")')

    assert [loss.what for loss in losses(path, "upgrade")] == lost
    assert [loss.what for loss in losses(path, "downgrade")] == ["drop table other"]


QUOTED = 'def upgrade():\n    op.execute("""\ndef downgrade\n  x""")\n    op.drop_table("t")\n'
WAY_BACK = 'def downgrade(){}:\n    op.drop_table("t")\n'


@pytest.mark.parametrize(
    ("text", "lost"),
    [
        pytest.param("import sqlalchemy\n" + WAY_BACK.format(""), 0, id="way-back"),
        pytest.param(WAY_BACK.format("") + "\ndef upgrade():\n    pass\n", 0, id="first-line"),
        pytest.param("\n" + WAY_BACK.format("") + 'op.drop_table("t")\n', 1, id="behind-it"),
        pytest.param("\n" + WAY_BACK.format("\n") + "# ...\n    # ...\n", 0, id="two-lines"),
        pytest.param(QUOTED, 1, id="in-quotes"),
        pytest.param('x = "\\\ndef downgrade()"; op.drop_table("t")\n', 1, id="continued"),
    ],
)
def test_only_the_other_function_is_left_out(tmp_path: Path, text: str, lost: int) -> None:
    path = tmp_path / "a.py"
    path.write_text(text, encoding="utf-8")

    assert len(losses(path, "upgrade")) == lost


def test_a_line_at_the_top_is_about_the_whole_file() -> None:
    found = allowances(
        '# migrate: allow data-loss because it is a test\n"""x"""\n\nop.drop_table("t")\n'
    )

    assert found.reason("data-loss", 4) == "it is a test"
    assert found.reason("drop-table", 4) is None


def test_an_allowance_without_a_reason_is_unclear() -> None:
    assert allowances("x = 1  # migrate: allow data-loss\n").unclear == (1,)


def test_data_is_lost_only_by_who_says_so(project: Any) -> None:
    project.revision("a1a1", None, f"{TABLE}\n{ROW}", 'op.drop_table("t")')
    upgrade(project.config, gate=Gate())
    project.revision(
        "b2b2", "a1a1", 'op.drop_column("t", "n")', 'op.add_column("t", sa.Column("n", sa.Text))'
    )

    with pytest.raises(WouldLoseData) as refused:
        upgrade(project.config, gate=Gate())

    assert "b2b2: drop column t.n" in refused.value.losses[0]
    assert "--allow-data-loss" in str(refused.value)
    assert at(project) == ["a1a1"]
    upgrade(project.config, gate=Gate(allow_data_loss=True))
    assert at(project) == ["b2b2"]
    with pytest.raises(WouldLoseData):
        downgrade(project.config, "base", gate=Gate())
    assert at(project) == ["b2b2"]


RENAMED = [
    pytest.param('op.rename_table("t", "u")', 'op.rename_table("u", "t")', id="word"),
    pytest.param(
        'op.execute("ALTER TABLE t RENAME TO u")',
        'op.execute("ALTER TABLE u RENAME TO t")',
        id="sql",
    ),
    pytest.param(
        'op.rename_table("t", "v")\nop.rename_table("v", "u")',
        'op.rename_table("u", "v")\nop.rename_table("v", "t")',
        id="twice",
    ),
]


@pytest.mark.parametrize(("there", "back"), RENAMED)
def test_rows_are_looked_for_under_the_name_that_the_table_has_before_the_run(
    there: str, back: str, project: Any
) -> None:
    project.revision("a1a1", None, f"{TABLE}\n{ROW}", 'op.drop_table("t")')
    project.revision("b2b2", "a1a1", there, back)
    upgrade(project.config, "a1a1", gate=Gate())
    project.revision("c3c3", "b2b2", 'op.drop_column("u", "n")')

    with pytest.raises(WouldLoseData, match=r"c3c3: drop column u\.n, which is t now  "):
        upgrade(project.config, gate=Gate())
    upgrade(project.config, "b2b2", gate=Gate())
    with pytest.raises(WouldLoseData, match=r"a1a1: drop table t, which is u now  "):
        downgrade(project.config, "base", gate=Gate())
    assert at(project) == ["b2b2"]


def test_a_table_that_takes_the_place_of_a_renamed_one_has_nothing_to_lose(project: Any) -> None:
    project.revision("a1a1", None, f"{TABLE}\n{ROW}")
    upgrade(project.config, gate=Gate())
    project.revision("b2b2", "a1a1", f'op.rename_table("t", "u")\n{TABLE}\nop.drop_table("t")')

    upgrade(project.config, gate=Gate())

    assert at(project) == ["b2b2"]


def test_a_table_without_rows_has_nothing_to_lose(project: Any) -> None:
    project.revision("a1a1", None, TABLE, 'op.drop_table("t")')

    upgrade(project.config, gate=Gate())
    downgrade(project.config, "base", gate=Gate())

    assert at(project) == []


def test_who_sits_there_is_asked_once(sqlite_project: Any) -> None:
    sqlite_project.revision("a1a1", None, f"{TABLE}\n{ROW}", 'op.drop_table("t")')
    upgrade(sqlite_project.config)
    asked: list[str] = []

    def answer(yes: bool) -> Gate:
        return Gate(ask=lambda question, word: asked.append(question) or yes)  # type: ignore[func-returns-value]

    with pytest.raises(WouldLoseData, match="declined"):
        downgrade(sqlite_project.config, "base", gate=answer(False))
    downgrade(sqlite_project.config, "base", gate=answer(True))

    assert [question.count("drop table t") for question in asked] == [1, 1]
    assert at(sqlite_project) == []


@pytest.mark.parametrize(("setting", "refused"), [("refuse", True), ("allow", False)])
def test_the_setting_decides_for_all(sqlite_project: Any, setting: str, refused: bool) -> None:
    sqlite_project.settings(f'data_loss = "{setting}"')
    sqlite_project.revision("a1a1", None, f"{TABLE}\n{ROW}", 'op.drop_table("t")')
    upgrade(sqlite_project.config)
    gate = Gate.of(sqlite_project.config, ask=lambda question, word: True)

    if refused:
        with pytest.raises(WouldLoseData):
            downgrade(sqlite_project.config, "base", gate=gate)
    else:
        downgrade(sqlite_project.config, "base", gate=gate)


def test_a_downgrade_over_an_irreversible_revision_stops_before_it_starts(project: Any) -> None:
    project.revision("a1a1", None, TABLE, 'from migrate_cli import irreversible\nirreversible("x")')
    project.revision("b2b2", "a1a1", "pass", 'irreversible("rows were merged")')
    last = project.revision("c3c3", "b2b2", "pass", "raise Exception")
    upgrade(project.config)

    with pytest.raises(Irreversible) as refused:
        downgrade(project.config, "base")

    assert refused.value.revision == "b2b2"
    assert "rows were merged" in str(refused.value)
    assert refused.value.exit_status == 1
    assert at(project) == ["c3c3"], "nothing was run"
    last.write_text(last.read_text().replace("raise Exception", "pass"))
    downgrade(project.config, "b2b2")
    assert at(project) == ["b2b2"]


def test_irreversible_raises_where_it_runs_after_all() -> None:
    from migrate_cli import irreversible

    with pytest.raises(Irreversible, match="why not"):
        irreversible("why not")


@pytest.mark.parametrize("pattern", ["*t.db", "/*test.db", "*/test.db", "sqlite:*"])
def test_a_protected_database_is_changed_only_by_who_says_so(
    sqlite_project: Any, pattern: str
) -> None:
    sqlite_project.settings(f'protected = ["nothing", "{pattern}"]')
    sqlite_project.revision("a1a1", None, TABLE)

    for move in (upgrade, lambda config, **k: stamp(config, ["head"], **k)):
        with pytest.raises(ProtectedDatabase, match="--allow-protected"):
            move(sqlite_project.config, gate=Gate.of(sqlite_project.config))
    assert at(sqlite_project) == []
    upgrade(sqlite_project.config, gate=Gate.of(sqlite_project.config, allow_protected=True))
    assert at(sqlite_project) == ["a1a1"]


def test_whoever_is_asked_types_the_name_of_a_protected_database(
    postgresql_url: str, make_project: Any
) -> None:
    project = make_project(postgresql_url)
    project.settings('protected = "*"')
    project.revision("a1a1", None, TABLE)
    wanted: list[str] = []
    name = postgresql_url.rpartition("/")[2]

    upgrade(
        project.config,
        gate=Gate.of(project.config, ask=lambda question, word: wanted.append(word) is None),
    )

    assert wanted == [name]


def test_the_environment_protects_too(sqlite_project: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIGRATE_PROTECTED", "x, *.db")
    monkeypatch.setenv("MIGRATE_DATA_LOSS", "refuse")
    gate = Gate.of(sqlite_project.config)

    assert (gate.protected, gate.data_loss) == (("x", "*.db"), "refuse")


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of POSIX")
@pytest.mark.parametrize(("typed", "status"), [("n", 1), ("", 1), ("y", 0)])
def test_a_terminal_is_asked(sqlite_project: Any, typed: str, status: int) -> None:
    sqlite_project.revision("a1a1", None, f"{TABLE}\n{ROW}", 'op.drop_table("t")')
    upgrade(sqlite_project.config)
    ours, theirs = pty.openpty()
    words = [sys.executable, "-m", "migrate_cli", "downgrade", "base", "--url", sqlite_project.url]
    environment = {k: v for k, v in os.environ.items() if k != "CI"}
    running = subprocess.Popen(
        words, cwd=sqlite_project.root, stdin=theirs, stdout=theirs, stderr=theirs, env=environment
    )
    os.write(ours, f"{typed}\n".encode())

    ended = running.wait(60)

    assert b"drop table t" in os.read(ours, 65536)
    assert ended == status
    with sqlite_project.connect() as connection:
        left = connection.scalar(text("SELECT count(*) FROM sqlite_master WHERE name = 't'"))
    assert left == (0 if status == 0 else 1)
    os.close(ours)
    os.close(theirs)


def test_a_word_that_says_nothing_opens_no_gate(
    sqlite_project: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIGRATE_DATA_LOSS", "refus")

    with pytest.raises(ConfigurationError, match="ask, refuse, allow"):
        Gate.of(sqlite_project.config)


@pytest.mark.parametrize(
    ("setting", "status"), [(None, 0), ("ask", 1), ("refuse", 1), ("allow", 0)]
)
def test_an_alembic_project_loses_data_as_alembic_does_until_it_says_otherwise(
    tmp_path: Path,
    sqlite_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    setting: str | None,
    status: int,
) -> None:
    monkeypatch.chdir(tmp_path)
    up = 'op.create_table("t", sa.Column("id", sa.Integer())); op.execute("INSERT INTO t VALUES (1)")'
    make(tmp_path, sqlite_url, {"a": script("aa11", None, up, 'op.drop_table("t")')})
    assert run(["upgrade"]) == 0
    if setting is not None:
        monkeypatch.setenv("MIGRATE_DATA_LOSS", setting)

    assert run(["downgrade", "base"]) == status
    assert ("would lose data" in capsys.readouterr().err) == (status == 1)
    monkeypatch.delenv("MIGRATE_DATA_LOSS", raising=False)
    monkeypatch.setenv("MIGRATE_DATA_LOSS", "refuse")
    assert run(["alembic", "upgrade", "head"]) == 0
    assert run(["alembic", "downgrade", "base"]) == 0, "Alembic's own words know no gates"


def test_an_alembic_project_may_say_that_there_is_no_way_back(
    tmp_path: Path,
    sqlite_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    back = 'import migrate_cli; raise Exception("reached")'
    files = {
        "a": script("aa11", None, "pass", 'irreversible("merged")'),
        "b": script("bb22", "aa11", "pass", back),
    }
    make(tmp_path, sqlite_url, files)
    assert run(["upgrade"]) == 0

    assert run(["downgrade", "base"]) == 1
    assert "can't undo aa11: it is irreversible: merged" in capsys.readouterr().err


NARROWER = {
    "shorter": ("sa.String(50)", "'abcdefgh'", "sa.String(length=3)"),
    "fewer-digits": ("sa.Numeric(10, 3)", "1.237", "sa.Numeric(10, 1)"),
    "smaller": ("sa.Integer()", "70000", "sa.SmallInteger()"),
    "no-time-of-day": ("sa.DateTime()", "'2020-01-02 03:04:05'", "sa.Date()"),
    "no-number": ("sa.String(9)", "'abc'", "sa.Integer()"),
    "no-label": ("sa.String(9)", "'abc'", "sa.Enum('a', 'b', name='ab')"),
}


DROP = 'op.drop_column("t", "c")'


def with_narrower_type(project: Any, kind: str, *, before: str = DROP) -> None:
    """A table with a row, and a revision by which a column gets a type that the row doesn't fit."""
    old, value, new = NARROWER[kind]
    made = f'op.create_table("t", sa.Column("b", {old}), sa.Column("c", sa.Integer))'
    project.revision("a1a1", None, f'{made}\nop.execute("INSERT INTO t (b) VALUES ({value})")')
    upgrade(project.config)
    alter = f'op.alter_column("t", "b", type_={new}, existing_type={old})'
    project.revision("b2b2", "a1a1", f"{before}\n{alter}", "pass")


@pytest.mark.parametrize("kind", NARROWER)
@pytest.mark.parametrize("server", ["postgresql", "mariadb"])
def test_values_that_another_type_would_spoil_stop_the_run_before_it_begins(
    server: str, kind: str, make_project: Any, request: pytest.FixtureRequest
) -> None:
    """MariaDB isn't strict here: it would cut, round and clamp them, and say nothing."""
    url = request.getfixturevalue(f"{server}_url")
    lax = {"mariadb": "?init_command=SET sql_mode=''", "postgresql": ""}[server]
    project = make_project(url + lax)
    with_narrower_type(project, kind)
    with project.connect() as connection:
        before = connection.execute(text("SELECT * FROM t")).all()

    with pytest.raises(WouldLoseData, match=r"alter type of t\.b to .*: has rows"):
        upgrade(project.config, gate=Gate(data_loss="refuse"))

    assert at(project) == ["a1a1"]
    with project.connect() as connection:
        assert connection.execute(text("SELECT * FROM t")).all() == before


def test_rows_that_a_script_may_have_mended_are_not_asked_about(
    make_project: Any, postgresql_url: str
) -> None:
    project = make_project(postgresql_url)
    with_narrower_type(project, "shorter", before='op.execute("UPDATE t SET b = left(b, 3)")')

    upgrade(project.config, gate=Gate(data_loss="refuse"))

    assert at(project) == ["b2b2"]


@pytest.mark.parametrize("before", ["", 'op.execute("UPDATE t SET b = left(b, 3)")\n'])
def test_a_type_that_holds_less_is_read_from_the_text(sqlite_project: Any, before: str) -> None:
    alter = 'op.alter_column("t", "b", type_=sa.String(length=3), existing_type=sa.Text())'
    path = sqlite_project.revision("a1a1", None, before + alter)

    found = [loss.what for loss in losses(path, "upgrade") if loss.narrows]

    assert found == ([] if before else ["alter type of t.b to String(length=3)"])


def test_what_postgresql_refuses_itself_is_told_and_rolled_back(
    make_project: Any, postgresql_url: str
) -> None:
    project = make_project(postgresql_url)
    with_narrower_type(project, "shorter")

    with pytest.raises(RevisionFailed, match="value too long for type character varying"):
        upgrade(project.config)

    assert at(project) == ["a1a1"]
    with project.connect() as connection:
        assert connection.execute(text("SELECT b, c FROM t")).all() == [("abcdefgh", None)]
