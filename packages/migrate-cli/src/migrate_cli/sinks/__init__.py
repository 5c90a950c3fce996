"""Where a change goes: a connection, a SQL file, a list."""

from .base import Sink
from .offline import OfflineSink
from .online import OnlineSink
from .recording import RecordingSink

__all__ = ["OfflineSink", "OnlineSink", "RecordingSink", "Sink"]
