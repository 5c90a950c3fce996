"""A line between clients and a server, which can be cut."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress


class Line:
    """Carries what goes between a client and a server; it listens on 127.0.0.1 at `port`."""

    def __init__(self, host: str, port: int) -> None:
        self._server = host, port
        self._ear = socket.create_server(("127.0.0.1", 0))
        self.port = self._ear.getsockname()[1]
        self._ends: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._ear.accept()
                server = socket.create_connection(self._server)
                self._ends += [client, server]
                for one, other in ((client, server), (server, client)):
                    threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)

    def cut(self) -> None:
        """Cut all connections, and let none through any more."""
        with suppress(OSError):
            self._ear.shutdown(socket.SHUT_RDWR)  # a close alone doesn't wake who accepts
        self._ear.close()
        for end in self._ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
