"""A run: one at a time, in transactions, its statements watched, and gone on from after a death."""
