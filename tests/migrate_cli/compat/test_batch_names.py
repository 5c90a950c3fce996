"""What batch blocks on SQLite leave has the names that Alembic leaves: either tool finds them later."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic_projects import catalog, make, peer, script, versions
from migrate_cli.cli.door import run

NAMES = (
    '{"fk": "fk_%(table_name)s_%(column_0_name)s", "uq": "uq_%(table_name)s_%(column_0_name)s", '
    '"pk": "pk_%(table_name)s"}'
)
TABLE = """op.execute('''CREATE TABLE {name} (
        id INTEGER NOT NULL PRIMARY KEY, a VARCHAR(9), b INTEGER, p INTEGER REFERENCES parent (id),
        q INTEGER, UNIQUE (a), FOREIGN KEY(q) REFERENCES parent (id)
    )''')
    """
BLOCKS = {
    "retyped": 'batch.alter_column("b", type_=sa.BigInteger())',
    "cut": 'batch.drop_column("b")',
    "renamed": 'batch.alter_column("b", new_column_name="c")',
    "loosened": 'batch.drop_constraint("fk_loosened_q", type_="foreignkey")',
    "widened": 'batch.add_column(sa.Column("n", sa.Integer()))',
    "referring": 'batch.add_column(sa.Column("n", sa.Integer(), sa.ForeignKey("parent.id", name="mine")))',
}


def block(name: str, said: str, convention: str = "") -> str:
    given = f", naming_convention={convention}" if convention else ""
    return f'with op.batch_alter_table("{name}"{given}) as batch:\n        {said}\n    '


def revisions() -> dict[str, str]:
    parent = 'op.create_table("parent", sa.Column("id", sa.Integer(), primary_key=True))\n    '
    first = parent + "".join(TABLE.format(name=name) for name in BLOCKS)
    second = "".join(block(name, said, NAMES) for name, said in BLOCKS.items())
    third = "".join(
        block(name, f'batch.drop_constraint("fk_{name}_p", type_="foreignkey")')
        for name in ("retyped", "cut", "renamed", "loosened")
    ) + block("referring", 'batch.drop_constraint("mine", type_="foreignkey")')
    found = {"a": script("aa11", None, first), "b": script("bb22", "aa11", second)}
    return {**found, "c": script("cc33", "bb22", third)}


@pytest.mark.slow
def test_names_that_a_convention_gives_are_there_for_either_tool(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = {}
    for tool in ("alembic", "migrate"):
        folder = tmp_path / tool
        url = f"sqlite:///{folder}/x.db"
        make(folder, url, revisions())
        monkeypatch.chdir(folder)
        for target in ("bb22", "cc33"):
            if tool == "alembic":
                peer(folder, "upgrade", target)
            else:
                assert run(["upgrade", target]) == 0
            left[tool, target] = catalog(url)

    assert left["migrate", "bb22"] == left["alembic", "bb22"]
    assert left["migrate", "cc33"] == left["alembic", "cc33"]


@pytest.mark.slow
def test_alembic_finds_the_names_that_we_leave(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path}/x.db"
    make(tmp_path, url, revisions())
    monkeypatch.chdir(tmp_path)

    assert run(["upgrade", "bb22"]) == 0
    peer(tmp_path, "upgrade", "cc33")

    assert versions(url) == ["cc33"]


PASSED_OVER = {
    "empty": ("pass", False),
    "indexed": ('batch.create_index("ix_b", ["b"])', False),
    "wider": ('batch.add_column(sa.Column("n", sa.Integer()))', False),
    "computed": ('batch.add_column(sa.Column("n", sa.Integer(), sa.Computed("b + 1", persisted=True)))', True),
    "filled": ('batch.add_column(sa.Column("n", sa.Integer(), server_default=sa.text("1")))', True),
    "retyped": ('batch.alter_column("b", type_=sa.BigInteger())', True),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("tool", ["alembic", "migrate"])
def test_what_only_a_copy_gets_is_passed_over_without_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tool: str
) -> None:
    """As conda-store-server counts on: a constraint in the parameters of an empty block isn't made."""
    given = ', table_args=(sa.UniqueConstraint("b", name="uq_b"),)'
    body = "".join(
        TABLE.format(name=name) + block(name, said).replace(") as", f"{given}) as")
        for name, (said, _) in PASSED_OVER.items()
    )
    parent = 'op.create_table("parent", sa.Column("id", sa.Integer(), primary_key=True))\n    '
    url = f"sqlite:///{tmp_path}/x.db"
    make(tmp_path, url, {"a": script("aa11", None, parent + body)})
    monkeypatch.chdir(tmp_path)

    if tool == "alembic":
        peer(tmp_path, "upgrade", "head")
    else:
        assert run(["upgrade", "head"]) == 0

    found = catalog(url)
    assert {name: "uq_b" in repr(found[name]) for name in PASSED_OVER} == {
        name: copied for name, (_, copied) in PASSED_OVER.items()
    }
