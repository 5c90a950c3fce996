from .base import Database
