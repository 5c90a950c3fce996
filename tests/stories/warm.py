"""A process that has done the imports, and is forked for each `migrate` that a story types.

Most of what such a command takes is Python and SQLAlchemy being imported. `Warm` is the side of the
tests. The file itself is a program: `warm.py serve FD` is forked for each who connects to that
socket, and `warm.py ask PLACE ARGUMENT...` has a command run there: with its own streams, folder and
environment, and it ends as that command ends.
"""

from __future__ import annotations

import marshal
import os
import socket
import sys

LOADED = ("sqlalchemy.dialects.sqlite", "ddl_autogen", "migrate_cli.commands", "migrate_cli.cli.door",
          "migrate_cli.cli.database", "migrate_cli.cli.files", "migrate_cli.cli.moves",
          "migrate_cli.cli.graph", "migrate_cli.running.runner", "migrate_cli.writing.writer",
          "migrate_cli.cli.planning", "mako.template")  # fmt: skip


class Warm:
    """Such a process, as long as the tests run that started it."""

    def __init__(self) -> None:
        import atexit
        import subprocess
        import tempfile
        from pathlib import Path

        folder = tempfile.TemporaryDirectory(prefix="warm-")
        self.place = str(Path(folder.name) / "socket")
        with socket.socket(socket.AF_UNIX) as ear:
            ear.bind(self.place)
            ear.listen(64)
            server = subprocess.Popen(
                [sys.executable, __file__, "serve", str(ear.fileno())],
                pass_fds=[ear.fileno()],
                stdin=subprocess.PIPE,  # it ends where nobody holds the other end any more
                cwd="/",
                env={
                    "PATH": os.defpath,
                    "LANG": "C.UTF-8",
                    "PYTHONUNBUFFERED": "1",
                    "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
                },
            )

        def close() -> None:
            assert server.stdin is not None
            server.stdin.close()
            server.wait(10)
            folder.cleanup()

        atexit.register(close)

    @property
    def program(self) -> str:
        """What stands in the place of `python -m migrate_cli`."""
        return f"{sys.executable} -I -S {__file__} ask {self.place}"


def ask(place: str, arguments: list[str]) -> int:
    """Have a command run there, and give its exit status."""
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(place)
        told = marshal.dumps((arguments, os.getcwd(), dict(os.environ)))
        socket.send_fds(line, [b"!"], [0, 1, 2])
        line.sendall(told)
        line.shutdown(socket.SHUT_WR)
        answer = line.recv(1)
    return answer[0] if answer else 1


def serve(ear: socket.socket) -> None:
    """Fork for each who connects, until stdin is closed."""
    import gc
    import importlib
    import select
    import signal

    for name in LOADED:
        importlib.import_module(name)
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the children
    while True:
        ready, _, _ = select.select([ear, 0], [], [])
        if ear not in ready:
            return
        line, _ = ear.accept()
        if os.fork() == 0:
            ear.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            status = 1
            try:
                status = answered(line)
                line.send(bytes([status]))
            finally:
                os._exit(status)
        line.close()


def answered(line: socket.socket) -> int:
    """Run what somebody asks for, as if Python had been started for it."""
    import io
    import traceback

    from migrate_cli.cli.door import main

    _, streams, _, _ = socket.recv_fds(line, 1, 3)
    told = b"".join(iter(lambda: line.recv(65536), b""))
    arguments, folder, environment = marshal.loads(told)
    for place, stream in enumerate(streams):
        os.dup2(stream, place)
        os.close(stream)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - as long as the process
    sys.stdout, sys.stderr = (
        io.TextIOWrapper(
            open(place, "wb", buffering=0, closefd=False),  # noqa: SIM115 - likewise
            encoding="utf-8",
            errors=errors,
            write_through=True,
        )
        for place, errors in ((1, "strict"), (2, "backslashreplace"))
    )
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.path[0], sys.argv = folder, ["migrate", *arguments]
    sys.pycache_prefix = environment.get("PYTHONPYCACHEPREFIX")
    try:
        main(arguments)
    except SystemExit as err:
        return err.code % 256 if isinstance(err.code, int) else int(err.code is not None)
    except BaseException:
        traceback.print_exc()
        return 1
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()


if __name__ == "__main__":
    word, where, *rest = sys.argv[1:]
    if word == "serve":
        serve(socket.socket(fileno=int(where)))
    else:
        sys.exit(ask(where, rest))
