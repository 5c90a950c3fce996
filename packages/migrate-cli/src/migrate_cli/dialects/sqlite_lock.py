"""Locking against other runs on SQLite: a lock of the operating system, on a file beside the database.

Not on the database itself, whose locks SQLite needs, and whose every closed descriptor drops
them (SQLite, "How To Corrupt An SQLite Database File", 2.2). The system releases
it when the process ends, however it ends.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

from sqlalchemy.engine import Connection

from ..errors import NoLock
from ..paths import shown
from ..running.identity import now, process

SUFFIX = "-migrate.lock"
"""What is added to the name of the database's file; the table's name may stand before it."""

if sys.platform == "win32":
    import msvcrt

    _FAR = 1 << 30
    """A byte behind all that is written, since others can't read one that is locked."""

    def _lock(descriptor: int) -> bool:
        os.lseek(descriptor, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _lock(descriptor: int) -> bool:
        """`flock`, not `lockf`: it holds between the threads of a process too (flock(2))."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


class FileLock:
    """A lock on a file that is there only while somebody has it, or died with it.

    Attributes:
        path: The file.
    """

    own_session = False
    asks = False

    def __init__(self, path: Path) -> None:
        self.path, self._name = path, str(path)
        self._descriptor: int | None = None
        self._mine: os.stat_result | None = None

    def take(self, session: Connection) -> bool:
        descriptor = self._opened()
        try:
            if not (_lock(descriptor) and self._is(descriptor)):
                os.close(descriptor)
                return False
        except OSError as err:
            os.close(descriptor)
            raise self._unusable(err) from err
        self._descriptor, self._mine = descriptor, os.fstat(descriptor)
        with suppress(OSError):  # only for those who ask who it is
            os.ftruncate(descriptor, 0)
            os.lseek(descriptor, 0, os.SEEK_SET)
            os.write(descriptor, f"{process()}, since {now()}\n".encode())
        return True

    def kept(self, session: Connection) -> bool:
        """Look whether the name still leads to the file: its numbers aren't given anew while it is open."""
        try:
            return self._mine is not None and os.path.samestat(self._mine, os.stat(self._name))
        except FileNotFoundError:
            return False

    def holder(self, session: Connection) -> str | None:
        try:
            return self.path.read_text("utf-8").strip() or None
        except (OSError, UnicodeDecodeError):
            return None

    def release(self, session: Connection) -> None:
        """Remove the file while it is locked, so that nobody's is removed; then let go."""
        if self._descriptor is None:
            return
        with suppress(OSError):  # Windows removes no file that is open
            if self._is(self._descriptor):
                self.path.unlink()
        os.close(self._descriptor)
        self._descriptor = self._mine = None
        if sys.platform == "win32":
            with suppress(OSError):
                self.path.unlink()

    def _opened(self) -> int:
        flags = os.O_RDWR | os.O_CREAT
        try:
            return os.open(self.path, flags, 0o666)
        except PermissionError as err:
            with suppress(OSError):  # another user's file can be locked, but not written
                return os.open(self.path, os.O_RDONLY)
            raise self._unusable(err) from err
        except OSError as err:
            raise self._unusable(err) from err

    def _is(self, descriptor: int) -> bool:
        """Tell whether an open file is the one under the name: who had it before removes it."""
        try:
            return os.path.samestat(os.fstat(descriptor), self.path.stat())
        except FileNotFoundError:
            return False

    def _unusable(self, err: OSError) -> NoLock:
        return NoLock(
            f"{shown(self.path)} can't be made: {err.strerror}",
            "let this user write in that folder, where SQLite keeps its journal too",
        )


def main_file(connection: Connection, schema: str = "main") -> str:
    """The file of a database, or of one that is attached under a name; "" in memory."""
    attached = connection.exec_driver_sql("PRAGMA database_list").all()
    return next((str(row[2] or "") for row in attached if row[1] == schema), "")


def latch(connection: Connection, schema: str | None, table: str, joined: bool) -> FileLock | None:
    """Give the lock of a version table; None where the database is in memory.

    SQLite says where the file is (PRAGMA database_list), whatever the URL looks like; links are followed,
    so that all ways to a database lead to one lock.
    """
    file = main_file(connection, schema or "main")
    if not file:
        return None
    path = Path(os.path.realpath(file))
    special = "" if table == "migrate_version" else f"-{_harmless(table)}"
    return FileLock(path.with_name(f"{path.name}{special}{SUFFIX}"))


def _harmless(name: str) -> str:
    """A table's name as a part of a file's name, letters and digits kept."""
    return "".join(c if c.isalnum() or c in "_-" else f"%{ord(c):x}" for c in name)
