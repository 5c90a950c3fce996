"""Locking on SQL Server and Oracle, of which none runs here: what is asked, and what answers mean."""

from __future__ import annotations

from typing import Any

import pytest
from migrate_cli.dialects import knowledge
from migrate_cli.errors import NoLock, PooledSessions
from sqlalchemy.dialects import mssql, oracle
from sqlalchemy.exc import DatabaseError


class Server:
    """A connection that writes down what it is asked, and gives the answers that it was told."""

    def __init__(self, dialect: Any, *answers: Any) -> None:
        self.dialect = dialect
        self.asked: list[str] = []
        self._answers = list(answers)

    def exec_driver_sql(self, statement: str) -> Server:
        return self._given(statement)

    def execute(self, statement: Any, parameters: dict[str, Any]) -> Server:
        return self._given(str(statement.compile(dialect=self.dialect)))

    def first(self) -> Any:
        return self._answer

    one = scalar_one = first

    @property
    def out_parameters(self) -> dict[str, Any]:
        return {"answer": self._answer}

    def _given(self, statement: str) -> Server:
        self.asked.append(statement)
        self._answer = self._answers.pop(0) if self._answers else None
        if isinstance(self._answer, Exception):
            raise self._answer
        return self


def sql_server(*answers: Any) -> tuple[Any, Any]:
    server: Any = Server(mssql.dialect(), "dbo", *answers)
    latch = knowledge("mssql").latch(server, None, "migrate_version", False)
    server.asked.clear()
    return server, latch


def oracle_server(*answers: Any) -> tuple[Any, Any]:
    server: Any = Server(oracle.dialect(), ("ORCL", "APP"), *answers)
    latch = knowledge("oracle").latch(server, None, "migrate_version", False)
    server.asked.clear()
    return server, latch


def refused(said: str) -> DatabaseError:
    return DatabaseError("", {}, Exception(said))


@pytest.mark.parametrize(
    ("answer", "taken"), [(0, True), (1, True), (-1, False)], ids=["at once", "late", "not"]
)
def test_what_sp_getapplock_answers(answer: int, taken: bool) -> None:
    server, latch = sql_server((51, answer))

    assert latch.take(server) is taken
    assert server.asked == [
        "SET NOCOUNT ON; DECLARE @got int; EXEC @got = sp_getapplock @Resource = :resource, "
        "@LockMode = 'Exclusive', @LockOwner = 'Session', @LockTimeout = 0; SELECT @@SPID, @got"
    ]


def test_sp_getapplock_may_fail() -> None:
    server, latch = sql_server((51, -999))

    with pytest.raises(NoLock, match="sp_getapplock answers -999"):
        latch.take(server)


def test_another_session_of_sql_server_is_noticed() -> None:
    server, latch = sql_server((51, -1), (52, 0), (52, "Exclusive"), (51, "NoLock"))
    latch.take(server)

    with pytest.raises(PooledSessions):
        latch.take(server)
    assert [latch.kept(server), latch.kept(server)] == [False, False]


def test_sql_server_is_given_its_lock_back() -> None:
    server, latch = sql_server((51, 0), (51, "Exclusive"))
    latch.take(server)

    assert latch.kept(server)
    latch.release(server)

    assert server.asked[-1] == (
        "EXEC sp_releaseapplock @Resource = :resource, @LockOwner = 'Session'"
    )


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        pytest.param(
            (51, "app", "web-1", 4242, "migrate", "2026-11-25T21:30:12"),
            "migrate, user app, pid 4242 on web-1, connected since 2026-11-25T21:30:12, session 51",
            id="known",
        ),
        pytest.param(None, None, id="nobody"),
        pytest.param(refused("VIEW SERVER STATE permission was denied"), None, id="no right"),
    ],
)
def test_who_holds_a_lock_of_sql_server(answer: Any, said: str | None) -> None:
    server, latch = sql_server(answer)

    assert latch.holder(server) == said


@pytest.mark.parametrize(
    ("answer", "taken"), [(0, True), (4, True), (1, False)], ids=["granted", "already", "not"]
)
def test_what_dbms_lock_answers(answer: int, taken: bool) -> None:
    server, latch = oracle_server(answer)

    assert latch.take(server) is taken
    assert server.asked == ["BEGIN :answer := DBMS_LOCK.REQUEST(:lock_id, 6, 0, FALSE); END;"]
    assert 0 <= latch.number <= 1_073_741_823


def test_dbms_lock_may_fail() -> None:
    server, latch = oracle_server(3)

    with pytest.raises(NoLock, match=r"DBMS_LOCK\.REQUEST answers 3"):
        latch.take(server)


def test_dbms_lock_must_be_granted() -> None:
    server, latch = oracle_server(
        refused("ORA-06550: PLS-00201: identifier 'DBMS_LOCK' must be declared")
    )

    with pytest.raises(NoLock, match="GRANT EXECUTE ON DBMS_LOCK"):
        latch.take(server)


@pytest.mark.parametrize(("answer", "kept"), [(4, True), (0, False), (1, False)])
def test_a_lock_of_oracle_is_kept_if_it_is_held_already(answer: int, kept: bool) -> None:
    server, latch = oracle_server(answer)

    assert latch.kept(server) is kept


def test_oracle_is_given_its_lock_back() -> None:
    server, latch = oracle_server(0)

    latch.release(server)

    assert server.asked == ["BEGIN :answer := DBMS_LOCK.RELEASE(:lock_id); END;"]


def test_who_holds_a_lock_of_oracle() -> None:
    server, latch = oracle_server((7, "APP", "web-1", "4242", "python", "2026-11-25T21:30:12"))

    assert latch.holder(server) == (
        "python, user APP, pid 4242 on web-1, connected since 2026-11-25T21:30:12, session 7"
    )


@pytest.mark.parametrize("name", ["mssql", "oracle"])
def test_a_schema_has_its_own_lock(name: str) -> None:
    class Current:
        def exec_driver_sql(self, statement: str) -> Current:
            return self

        def one(self) -> tuple[str, str]:
            return "DB", "own"

        def scalar_one(self) -> str:
            return "own"

    def key(schema: str | None) -> Any:
        connection: Any = Current()
        latch: Any = knowledge(name).latch(connection, schema, "migrate_version", False)
        return getattr(latch, "resource", None) or latch.number

    assert key(None) == key("own") != key("tenant")
