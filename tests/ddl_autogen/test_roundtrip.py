"""From any schema to any other and back, on live databases: catalogs, rows, and nothing left to do.

The pairs, their edits and the reader of the catalogs are in `tests/roundtrip`. 50 are walked on each
database, 500 under HYPOTHESIS_PROFILE=many: online, then by SQL scripts that the database's own
client runs. Every tenth pair, and all of them by night, begins and ends with nothing there.
`python -m roundtrip DATABASE N`, in `tests`, prints how often each kind of edit occurs.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa
from ddl_autogen import compare
from roundtrip.edits import EDITS
from roundtrip.offline import Scripts
from roundtrip.pairs import first_pairs
from roundtrip.walk import walk

NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "many"
PAIRS = 500 if NIGHTLY else 50
AT_ONCE = 10


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Cannot correctly sort tables")
@pytest.mark.parametrize("first", range(0, PAIRS, AT_ONCE))
@pytest.mark.parametrize("server", ["sqlite", "postgresql", "mariadb"])
def test_a_schema_is_led_to_another_and_back(
    server: str, first: int, request: pytest.FixtureRequest
) -> None:
    engine = sa.create_engine(request.getfixturevalue(f"{server}_url"))
    wrong: list[str] = []
    with engine.connect() as connection:
        if server == "sqlite":
            connection.exec_driver_sql("PRAGMA synchronous = OFF")  # nobody needs it tomorrow
        for pair in first_pairs(server, PAIRS)[first : first + AT_ONCE]:
            said = walk(connection, pair, from_nothing=NIGHTLY or pair.seed % 10 == 0)
            wrong += [f"pair {pair.seed} ({'; '.join(pair.edits)}): {line}" for line in said]
    engine.dispose()

    assert wrong == []


def test_a_swap_of_labels_takes_along_what_holds_some_in_a_script_too(
    postgresql_url: str, tmp_path: Path
) -> None:
    def models(*labels: str) -> sa.MetaData:
        made = sa.MetaData()
        mood = sa.Column("x", sa.Enum(*labels, name="mood"), server_default="b")
        of_b = sa.text("x = 'b'")
        held = sa.CheckConstraint("x IN ('a', 'b')", name="held")
        one = sa.Index("one", "id", unique=True, postgresql_where=of_b)
        sa.Table("t", made, sa.Column("id", sa.Integer, primary_key=True), mood, held, one)
        return made

    engine = sa.create_engine(postgresql_url)
    before, after = models("a", "b", "c"), models("b", "a")
    with engine.connect() as connection:
        before.create_all(connection)
        connection.commit()
        scripts = Scripts(connection, tmp_path)
        scripts.write("r1", None, [])
        scripts.write("r2", "r1", compare(connection, after))
        scripts.stamped("r1")

        for go, target, wanted in (
            (scripts.up, "r1:r2", after),
            (scripts.down, "r2:r1", before),
        ):
            assert go(target) == []
            left = [c.describe() for c in compare(connection, wanted)]
            assert left == ["drop table the_version"]
            connection.rollback()
    engine.dispose()


@pytest.mark.parametrize("server", ["sqlite", "postgresql", "mariadb"])
def test_each_kind_of_edit_occurs_in_the_pairs(server: str) -> None:
    """Twenty times in those of the night, which take their time to be made."""
    pairs, least = (PAIRS, 20) if NIGHTLY else (150, 1)
    counts = Counter(edit for pair in first_pairs(server, pairs) for edit in pair.edits)

    kinds = {name for e in EDITS if server in e.databases for name in (e.forth, e.back)}
    assert {kind: counts[kind] for kind in kinds if counts[kind] < least} == {}
