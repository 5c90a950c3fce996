"""Timeouts in an Alembic project: said beside Alembic's settings, and env.py is run again for a lock."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic_projects import make, peer, script, table, versions
from migrate_cli.cli.door import run
from migrate_cli.running import retrying

WAITING = "statement_lock_timeout = 1s\nstatement_timeout = 50s\n"
ADD = 'op.add_column("users", sa.Column("b", sa.Integer()))'


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retrying, "FIRST", 0.05)


@pytest.fixture(params=["postgresql", "mariadb"])
def url(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    found: str = request.getfixturevalue(f"{request.param}_url")
    return found


def hold(url: str, held: threading.Event, released: threading.Event) -> None:
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        connection.execute(sa.text("SELECT * FROM users"))
        held.set()
        released.wait(30)
    engine.dispose()


@pytest.mark.parametrize("options", ["", "transaction_per_migration=True"])
def test_a_run_that_only_missed_its_lock_is_begun_again(
    url: str,
    options: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    make(tmp_path, url, {"a": table("users", "aa11")}, options=options, more=WAITING)
    assert run(["upgrade"]) == 0
    (tmp_path / "scripts/versions/b.py").write_text(table("orders", "bb22", "aa11"))
    (tmp_path / "scripts/versions/c.py").write_text(script("cc33", "bb22", ADD))
    held, released = threading.Event(), threading.Event()
    thread = threading.Thread(target=hold, args=(url, held, released))
    thread.start()
    held.wait(30)
    slept = retrying.sleep

    def sleep(seconds: float, *, on_loop: bool) -> None:
        released.set()
        thread.join()
        slept(seconds, on_loop=on_loop)

    monkeypatch.setattr(retrying, "sleep", sleep)

    status = run(["upgrade"])

    released.set()
    thread.join()
    said = capsys.readouterr()
    assert status == 0, said.err
    assert "cc33 missed its lock" in said.err
    assert versions(url) == ["cc33"]


def test_it_isnt_begun_again_for_ever(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make(tmp_path, url, {"a": table("users", "aa11")}, more=WAITING + "lock_retries = 1\n")
    assert run(["upgrade"]) == 0
    (tmp_path / "scripts/versions/b.py").write_text(script("bb22", "aa11", ADD))
    held, released = threading.Event(), threading.Event()
    thread = threading.Thread(target=hold, args=(url, held, released))
    thread.start()
    held.wait(30)

    status = run(["upgrade"])

    released.set()
    thread.join()
    assert status == 4
    assert capsys.readouterr().err.count("missed its lock") == 1
    assert versions(url) == ["aa11"]


def test_alembic_passes_over_what_is_said(url: str, tmp_path: Path) -> None:
    make(tmp_path, url, {"a": table("users", "aa11")}, more=WAITING)

    peer(tmp_path, "upgrade", "head")

    assert versions(url) == ["aa11"]


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        (
            "statement_timeout = soon",
            "must be seconds, or a text such as 500ms, 2s, 5m, 1h; it is 'soon'",
        ),
        ("lock_retries = -1", "must be a whole number, 0 or more; it is '-1'"),
    ],
)
def test_what_is_no_duration_is_refused(
    line: str,
    wanted: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    make(tmp_path, "sqlite:///x.db", more=line)

    assert run(["upgrade"]) == 3
    assert f"{line.partition(' ')[0]} in alembic.ini: {wanted}" in capsys.readouterr().err
