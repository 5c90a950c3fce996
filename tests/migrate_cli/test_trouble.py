"""What a run meets that is nobody's fault: a full disk, a cut line, a server that dies."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from migrate_cli.commands import status, upgrade
from migrate_cli.config import load
from migrate_cli.failures import RevisionFailed
from sqlalchemy import Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from .line import Line

FIRST = """
op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("n", sa.Integer))
op.execute("INSERT INTO t VALUES (1, 0)")
"""
SECOND = """
op.add_column("t", sa.Column("extra", sa.Integer))
op.execute("UPDATE t SET n = n + 1")
import pathlib
if (wait := pathlib.Path({mark!r})).exists():
    wait.write_text("here")
    import time
    for _ in range(6000):
        if wait.read_text() == "on":
            break
        time.sleep(0.02)
op.execute("UPDATE t SET extra = n")
op.create_table("u", sa.Column("id", sa.Integer, primary_key=True))
"""


def in_two_steps(project: Any) -> Path:
    """A project whose second revision waits in its middle while a file says so."""
    mark = project.root / "mark"
    project.revision("a1", None, FIRST)
    project.revision("b2", "a1", SECOND.format(mark=str(mark)))
    return Path(mark)


def while_it_waits(mark: Path, act: Callable[[], None]) -> threading.Thread:
    """Do something while the second revision is in its middle."""
    mark.write_text("wait")

    def run() -> None:
        for _ in range(6000):
            if mark.read_text() == "here":
                break
            time.sleep(0.02)
        try:
            act()
        finally:
            mark.write_text("on")

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def must_be_done(project: Any) -> None:
    with project.connect() as connection:
        assert connection.execute(text("SELECT id, n, extra FROM t")).all() == [(1, 1, 1)]
        assert inspect(connection).has_table("u")
        rows = connection.execute(text("SELECT version_num FROM migrate_version")).scalars()
        assert list(rows) == ["b2"]


def test_a_full_disk_is_told_and_the_next_run_goes_on(sqlite_project: Any) -> None:
    sqlite_project.revision("a1", None, FIRST)
    rows = 'op.execute("INSERT INTO t SELECT id + 1000, 1 FROM t")\n'
    grown = 'op.execute("CREATE TABLE big (a BLOB)")\nop.execute("INSERT INTO big VALUES (zeroblob(900000))")'
    sqlite_project.revision("b2", "a1", rows + grown)
    upgrade(sqlite_project.config, "a1")

    def small(connection: Any, record: object) -> None:
        connection.execute("PRAGMA max_page_count = 40")

    event.listen(Engine, "connect", small)
    try:
        with pytest.raises(RevisionFailed, match="full") as caught:
            upgrade(sqlite_project.config)
    finally:
        event.remove(Engine, "connect", small)

    assert "this revision is rolled back" in str(caught.value)
    assert "the database is at a1" in str(caught.value)
    assert status(sqlite_project.config).unfinished is None
    assert upgrade(sqlite_project.config).heads == ("b2",)
    with sqlite_project.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM t")) == 2


@pytest.mark.slow
@pytest.mark.parametrize("server", ["postgresql_url", "mariadb_url"])
def test_a_cut_line_is_told_and_the_next_run_goes_on(
    server: str, request: pytest.FixtureRequest, make_project: Callable[..., Any]
) -> None:
    url = make_url(request.getfixturevalue(server))
    line = Line(url.host or "127.0.0.1", url.port or 0)
    through = url.set(host="127.0.0.1", port=line.port)
    project = make_project(url.render_as_string(hide_password=False))
    mark = in_two_steps(project)
    upgrade(project.config, "a1")

    acting = while_it_waits(mark, line.cut)
    config = load(project.root, url=through.render_as_string(hide_password=False))
    with pytest.raises(RevisionFailed) as caught:
        upgrade(config)
    acting.join()

    assert "b2" in str(caught.value)
    assert "can't be read now" in str(caught.value)
    mark.unlink()
    assert upgrade(project.config).heads == ("b2",)
    must_be_done(project)


class Server:
    """A database server of the test's own, which can be killed and started again."""

    def __init__(self, command: list[str], url: str) -> None:
        self.url = url
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            self._command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        for _ in range(6000):
            with suppress(SQLAlchemyError), create_engine(self.url, poolclass=NullPool).connect():
                return
            time.sleep(0.1)
        pytest.fail("the server doesn't start")

    def kill(self) -> None:
        assert self._process is not None
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        port: int = one.getsockname()[1]
        return port


def as_user(name: str, command: list[str]) -> list[str]:
    """Run a command as a user where we are root: servers refuse to be run by root."""
    return (
        ["setpriv", f"--reuid={name}", f"--regid={name}", "--clear-groups", *command]
        if os.geteuid() == 0
        else command
    )


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path | None]:
    """Make a file system of a few megabytes; None where this user may not."""
    place = folder / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0777", "tmpfs", str(place)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        yield None
        return
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


@contextmanager
def filled(disk: Path, left: int) -> Iterator[None]:
    """Leave so many bytes on a disk inside of the block."""
    filler = disk / "filler"
    found = os.statvfs(disk)
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, found.f_bavail * found.f_frsize - left)
    try:
        yield
    finally:
        filler.unlink()


@contextmanager
def postgresql_server(folder: Path) -> Iterator[tuple[Server, Path | None]]:
    """Give a server, and the small disk that its tables are on."""
    data, port = folder / "data", free_port()
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    initdb = ["initdb", "-D", str(data), "-U", "postgres", "-A", "trust", "--no-sync"]
    subprocess.run(as_user("postgres", initdb), check=True, capture_output=True, cwd="/")
    postgres = next(Path("/usr/lib/postgresql").glob("*/bin/postgres"), Path("postgres"))
    command = [str(postgres), "-D", str(data), "-p", str(port), "-h", "127.0.0.1", "-k", str(folder)]  # fmt: skip
    server = Server(as_user("postgres", command), f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres")  # fmt: skip
    with small_disk(folder, 48) as disk:
        server.start()
        try:
            if disk is not None:
                space = disk / "space"
                space.mkdir()
                shutil.chown(space, "postgres")
                engine = create_engine(server.url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
                with engine.connect() as connection:
                    connection.execute(text(f"CREATE TABLESPACE small LOCATION '{space}'"))
                    connection.execute(text("CREATE DATABASE small TABLESPACE small"))
                server.url = server.url.removesuffix("postgres") + "small"
            yield server, disk
        finally:
            server.kill()


@contextmanager
def mariadb_server(folder: Path) -> Iterator[tuple[Server, Path | None]]:
    """Give a server, and the small disk that the tables of its one database are on."""
    data, port = folder / "data", free_port()
    user = ["--user=mysql"] if os.geteuid() == 0 else []
    if os.geteuid() == 0:
        shutil.chown(folder, "mysql")
    made = ["mariadb-install-db", "--no-defaults", f"--datadir={data}", *user,
            "--auth-root-authentication-method=normal"]  # fmt: skip
    subprocess.run(made, check=True, capture_output=True, cwd="/")
    command = ["mariadbd", "--no-defaults", f"--datadir={data}", f"--port={port}", *user,
               "--bind-address=127.0.0.1", f"--socket={folder}/s", f"--pid-file={folder}/pid"]  # fmt: skip
    server = Server(command, f"mysql+pymysql://root@127.0.0.1:{port}/test")
    with small_disk(folder, 16) as disk:
        if disk is not None:
            (disk / "small").mkdir()
            shutil.chown(disk / "small", "mysql")
            (data / "small").symlink_to(disk / "small")
            server.url = server.url.removesuffix("test") + "small"
        server.start()
        try:
            yield server, disk
        finally:
            server.kill()


@pytest.fixture(scope="module", params=[postgresql_server, mariadb_server])
def server(request: pytest.FixtureRequest) -> Iterator[tuple[Server, Path | None]]:
    """A server that may be killed, and the small disk that its tables are on; None if there is none."""
    if shutil.which("initdb") is None or shutil.which("mariadbd") is None:
        pytest.skip("no programs to run a server with")
    folder = Path(tempfile.mkdtemp(prefix="migrate-"))  # a socket's name fits, others may enter
    folder.chmod(0o755)
    try:
        with request.param(folder) as made:
            yield made
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.slow
@pytest.mark.parametrize("asynchronous", [False, True])
def test_a_server_that_is_killed_is_started_again_and_the_next_run_goes_on(
    server: tuple[Server, Path | None], make_project: Callable[..., Any], asynchronous: bool
) -> None:
    alive, _ = server
    project = make_project(alive.url)
    config = project.config
    if asynchronous:  # asyncpg meets a server that is gone with the system's errors
        url = alive.url.replace("+psycopg:", "+asyncpg:").replace("+pymysql:", "+aiomysql:")
        config = replace(config, url=url)
    mark = in_two_steps(project)
    upgrade(config, "a1")
    acting = while_it_waits(mark, alive.kill)
    with pytest.raises(RevisionFailed, match="b2"):
        upgrade(config)
    acting.join()
    mark.unlink()
    alive.start()

    assert upgrade(config).heads == ("b2",)

    must_be_done(project)
    emptied(project)


GROWN = """
op.add_column("t", sa.Column("extra", sa.Integer))
op.execute("UPDATE t SET n = n + 1")
op.create_table("big", sa.Column("id", sa.Integer))
op.execute("INSERT INTO big VALUES (1)")
for _ in range(17):
    op.execute("INSERT INTO big SELECT id FROM big")
op.execute("UPDATE t SET extra = n")
op.create_table("u", sa.Column("id", sa.Integer, primary_key=True))
"""


@pytest.mark.slow
def test_a_full_disk_of_a_server_is_told_and_the_next_run_goes_on(
    server: tuple[Server, Path | None], make_project: Callable[..., Any]
) -> None:
    alive, disk = server
    if disk is None:
        pytest.skip("no file system can be mounted here")
    project = make_project(alive.url)
    project.revision("a1", None, FIRST)
    project.revision("b2", "a1", GROWN)
    upgrade(project.config, "a1")

    stays = "postgresql" not in alive.url
    left = 60_000 if stays else 2_500_000  # MariaDB 10.11 aborts itself where rows meet a full disk
    full = r"No space left|No more room"
    with filled(disk, left), pytest.raises(RevisionFailed, match=full) as caught:
        upgrade(project.config)

    said = str(caught.value)
    assert ("add column t.extra" in said) == stays
    assert ("this revision is rolled back" in said) != stays
    assert said.endswith("the database is at a1")
    found = status(project.config).unfinished
    assert (found is not None) == stays
    if found is not None:
        assert [one.state for one in found.statements] == ["done", "done", "failed"]
        assert "No more room" in str(found.reason)
    assert upgrade(project.config).heads == ("b2",)
    must_be_done(project)
    with project.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM big")) == 2**17
    emptied(project)


def emptied(project: Any) -> None:
    """Drop all tables, for the next test on the same server."""
    with project.connect() as connection:
        for table in inspect(connection).get_table_names():
            connection.execute(text(f"DROP TABLE {table}"))
        connection.commit()
