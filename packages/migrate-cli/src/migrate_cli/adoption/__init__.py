"""An Alembic project becomes one of ours: what is to be written, the proof that it is the same, and the way back."""
