"""Who we are, for those who wait for us and for those who look at the server."""

from __future__ import annotations

import os
import socket
from datetime import UTC, datetime


def process() -> str:
    """This process in words: its number and its machine, as "pid 4242 on web-1"."""
    return f"pid {os.getpid()} on {socket.gethostname()}"


def now() -> str:
    """The time in UTC, to the second, as "2026-11-25T21:30:12Z"."""
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
