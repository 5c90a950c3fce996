"""What `status` says that an unfinished revision hasn't done: its script's statements, without the journal's."""

from __future__ import annotations

import textwrap
from typing import Any

import pytest
from migrate_cli.commands import status, upgrade
from migrate_cli.failures import RevisionFailed

HEAD = 'op.create_table("one", sa.Column("id", sa.Integer, primary_key=True))'
DIES = 'op.execute("INSERT INTO nowhere VALUES (1)")'


def broken(project: Any, body: str) -> Any:
    """Run a script, whose every statement stands alone, up to where it fails; give what `status` says."""
    block = textwrap.indent(body, "    ")
    project.revision("a1", None, f"with op.get_context().autocommit_block():\n{block}")
    with pytest.raises(RevisionFailed):
        upgrade(project.config)
    found = status(project.config, statements=True).unfinished
    assert found is not None
    return found


CASES = [
    pytest.param(
        f'{HEAD}\n{DIES}\nop.add_column("one", sa.Column("n", sa.Integer))\n'
        'op.execute("UPDATE one SET n = 1")',
        ["ALTER TABLE one ADD COLUMN n INTEGER", "UPDATE one SET n = 1"],
        None,
        id="rest",
    ),
    pytest.param(f"{HEAD}\n{DIES}", [], None, id="nothing"),
    pytest.param(
        f'{HEAD}\n{DIES}\nop.execute("DELETE FROM one")\n'
        'op.get_bind().execute(sa.text("SELECT id FROM one")).all()\nop.drop_table("one")',
        ["DELETE FROM one"],
        "the script reads live data: SELECT id FROM one",
        id="read",
    ),
    pytest.param(
        f'{HEAD}\nsa.inspect(op.get_bind()).get_table_names()\nop.execute("DELETE FROM one")\n{DIES}',
        [],
        "the script reads live data: it inspects the database",
        id="read before",
    ),
    pytest.param(
        f'{HEAD}\nop.execute("DELETE FROM one")\nop.execute("DELETE FROM one")\n{DIES}\n'
        'op.execute("DELETE FROM one")\nop.execute("DELETE FROM one")',
        ["DELETE FROM one", "DELETE FROM one"],
        None,
        id="the same again",
    ),
    pytest.param(
        f'{HEAD}\nrow = sa.text("INSERT INTO one VALUES (:id)")\nbind = op.get_bind()\n'
        'bind.execute(row, [{"id": 1}, {"id": 2}, {"id": 3}])\n'
        'bind.execute(sa.text("DELETE FROM one WHERE id IN :some").bindparams('
        'sa.bindparam("some", [1, 2], expanding=True)))\n'
        f'{DIES}\nbind.execute(row, {{"id": 1}})',
        ["INSERT INTO one VALUES ({id})"],
        None,
        id="values",
    ),
    pytest.param(
        f'{HEAD}\nop.bulk_insert(sa.table("one", sa.column("id", sa.Integer)), [{{"id": 1}}, {{"id": 2}}])\n'
        f'{DIES}\nop.execute("DELETE FROM one")',
        ["DELETE FROM one"],
        None,
        id="rows",
    ),
    pytest.param(
        f'{HEAD}\nimport os\nop.execute(f"INSERT INTO one VALUES ({{int.from_bytes(os.urandom(3))}})")\n{DIES}',
        [],
        "the last of them isn't found in what the script says: INSERT INTO one VALUES",
        id="differs",
    ),
    pytest.param(
        f'{HEAD}\n{DIES}\nop.drop_table("one")\nraise ValueError("no further")',
        ["DROP TABLE one"],
        "the script fails where nothing really runs: ValueError: no further",
        id="fails",
    ),
]


@pytest.mark.parametrize(("body", "rest", "unknown"), CASES)
@pytest.mark.parametrize("database", ["sqlite_url", "mariadb_url"])
def test_what_is_not_done_is_told(
    body: str,
    rest: list[str],
    unknown: str | None,
    database: str,
    make_project: Any,
    request: pytest.FixtureRequest,
) -> None:
    project = make_project(request.getfixturevalue(database))
    found = broken(project, body)

    told = found.remaining.statements
    failed = [one.text for one in found.statements if one.state == "failed"]
    if (DIES in body and unknown is None) or rest:
        failed += [one for one in told if "nowhere" in one][:1]
        assert len(failed) == 1, (
            "what failed is told once: as failed, or as not done where it left nothing"
        )
    mark = {"sqlite_url": "?", "mariadb_url": "%(id)s"}[database]
    assert [one for one in told if "nowhere" not in one] == [one.format(id=mark) for one in rest]
    assert (found.remaining.unknown or "")[: len(unknown or "")] == (unknown or "")
    assert (found.remaining.unknown is None) == (unknown is None)
