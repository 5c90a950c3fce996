"""A pooler between clients and a PostgreSQL server, as small as can be: PgBouncer's pool_mode.

It speaks the frontend/backend protocol (PostgreSQL 15 manual, 55.7 "Message Formats") as far as a
session that needs no password and no TLS goes.
"""

from __future__ import annotations

import socket
import struct
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

TLS, GSS = 80877103, 80877104
"""What a client asks for before it begins: encryption, of which there is none."""


class Pooler:
    """Hands a server's sessions to clients, for a transaction or for good.

    Attributes:
        mode: "transaction" or "session".
        rotates: Whether the session that has rested longest comes next, and not the one that was
            used last (PgBouncer's server_round_robin).
        port: Where it listens, on 127.0.0.1.
    """

    def __init__(
        self, server: tuple[str, int], mode: Literal["transaction", "session"], rotates: bool
    ) -> None:
        self.mode, self.rotates = mode, rotates
        self._server = server
        self._idle: deque[socket.socket] = deque()
        self._lock = threading.Lock()
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        for one in (self._listener, *self._open):
            one.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._open.append(client)
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        try:
            self._converse(client)
        except (OSError, EOFError):
            client.close()

    def _converse(self, client: socket.socket) -> None:
        start = _startup(client)
        server = socket.create_connection(self._server)
        self._open.append(server)
        server.sendall(start)
        _relay(server, client)
        if self.mode == "transaction":
            self._rest(server)
        while True:
            kind, message = _message(client)
            if kind == b"X":
                return
            if self.mode == "transaction":
                server = self._next()
            in_transaction = True
            while in_transaction:
                server.sendall(message)
                if kind in (b"Q", b"S"):
                    in_transaction = _relay(server, client) != b"I"
                if in_transaction:
                    kind, message = _message(client)
            if self.mode == "transaction":
                self._rest(server)

    def _rest(self, server: socket.socket) -> None:
        with self._lock:
            self._idle.append(server)

    def _next(self) -> socket.socket:
        with self._lock:
            return self._idle.popleft() if self.rotates else self._idle.pop()


@contextmanager
def pooling(
    server: tuple[str, int], mode: Literal["transaction", "session"], *, rotates: bool = False
) -> Iterator[int]:
    """Run a pooler in front of a server, and give its port."""
    pooler = Pooler(server, mode, rotates)
    try:
        yield pooler.port
    finally:
        pooler.close()


def _startup(client: socket.socket) -> bytes:
    """Read how a client begins; refuse what it asks for before."""
    while True:
        length = _exactly(client, 4)
        rest = _exactly(client, struct.unpack("!i", length)[0] - 4)
        if struct.unpack("!i", rest[:4])[0] not in (TLS, GSS):
            return length + rest
        client.sendall(b"N")


def _message(sender: socket.socket) -> tuple[bytes, bytes]:
    """Read one message: its kind, and all of it."""
    head = _exactly(sender, 5)
    return head[:1], head + _exactly(sender, struct.unpack("!i", head[1:])[0] - 4)


def _relay(server: socket.socket, client: socket.socket) -> bytes:
    """Hand on what a server says until it is ready for more; gives I, T or E, for its transaction."""
    while True:
        kind, message = _message(server)
        client.sendall(message)
        if kind == b"Z":
            return message[5:6]


def _exactly(sender: socket.socket, count: int) -> bytes:
    read = b""
    while len(read) < count:
        more = sender.recv(count - len(read))
        if not more:
            raise EOFError
        read += more
    return read
