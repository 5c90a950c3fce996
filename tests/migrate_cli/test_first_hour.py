"""A newcomer's first hour: from models to a migrated database, on each of them, by three commands."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from migrate_cli.cli.door import run
from sqlalchemy import create_engine, inspect
from sqlalchemy.pool import NullPool

BASE = "from sqlalchemy.orm import DeclarativeBase\n\nclass Base(DeclarativeBase): ...\n"
MODELS = """
from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column
from {package}.base import Base

class Account(Base):
    __tablename__ = "account"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(200), unique=True)

class Order(Base):
    __tablename__ = "order"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
"""


@pytest.mark.parametrize("source", ["", "src/"], ids=["flat", "src"])
def test_three_commands_lead_from_models_to_tables(
    source: str,
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """No file is edited by hand, and nobody says where the models are."""
    package = f"first_hour_{database_url[:5]}_{source[:3]}"
    folder = tmp_path / source / package
    folder.mkdir(parents=True)
    (folder / "base.py").write_text(BASE)
    (folder / "tables.py").write_text(MODELS.format(package=package))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", database_url)

    statuses = [run(["init"]), run(["make", "create tables"]), run(["upgrade"])]

    said = capsys.readouterr().out
    assert statuses == [0, 0, 0], said
    engine = create_engine(database_url, poolclass=NullPool)
    assert {"account", "order"} <= set(inspect(engine).get_table_names())
    assert run(["check"]) == 0
    assert len((tmp_path / "pyproject.toml").read_text().splitlines()) <= 4
    assert 'Next      migrate make "create tables"' in said


def test_what_init_did_comes_as_json_without_the_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "shop.py").write_text(BASE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", "postgresql://app:secret1@db/app")

    assert run(["init", "--json"]) == 0

    said = capsys.readouterr().out
    assert json.loads(said)["metadata"] == ["shop:Base.metadata"]
    assert json.loads(said)["url"] == "postgresql://app:***@db/app"
    assert "secret1" not in said


TWO = "from sqlalchemy import MetaData\none = MetaData()\nother = MetaData()\n"


@pytest.mark.parametrize(
    ("typed", "status", "written"),
    [
        pytest.param(b"2\n", 0, '[tool.migrate]\nmetadata = "models:other"\n', id="the-second"),
        pytest.param(b"9\n1\n", 0, '[tool.migrate]\nmetadata = "models:one"\n', id="asked-again"),
        pytest.param(b"\x03", 130, None, id="ctrl-c"),
    ],
)
def test_a_terminal_is_asked_which_metadata_is_meant(
    typed: bytes, status: int, written: str | None, tmp_path: Path
) -> None:
    (tmp_path / "models.py").write_text(TWO)
    outside, inside = pty.openpty()
    environment = {k: v for k, v in os.environ.items() if k not in ("CI", "DATABASE_URL")}

    with subprocess.Popen(
        [sys.executable, "-m", "migrate_cli", "init"],
        cwd=tmp_path,
        stdin=inside,
        stdout=inside,
        stderr=inside,
        env=environment,
        start_new_session=True,
        preexec_fn=_control,
    ) as process:
        os.close(inside)
        try:
            shown = _until(outside, b"Which one")
            os.write(outside, typed)
            with suppress(OSError):  # the other side is closed
                while chunk := _read(outside, typed):
                    shown += chunk
            assert process.wait(30) == status, shown.decode()
        finally:
            process.kill()
    os.close(outside)

    file = tmp_path / "pyproject.toml"
    assert (file.read_text() if file.exists() else None) == written


def _control() -> None:
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # so that Ctrl-C on it is a signal
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # also where the tests run in the background


def _until(terminal: int, text: bytes) -> bytes:
    shown = b""
    while text not in shown:
        shown += _read(terminal)
    return shown


def _read(terminal: int, again: bytes = b"") -> bytes:
    """Read what comes, typing once more while nothing does.

    A Ctrl-C just before Python's input() waits isn't noticed until the next key: so it is in 5 of
    40 runs of a program that does nothing but write a prompt and call it.
    """
    for _ in range(20):
        ready, _, _ = select.select([terminal], [], [], 3)
        if ready:
            return os.read(terminal, 4096)
        os.write(terminal, again)
    raise AssertionError("nothing comes any more")
