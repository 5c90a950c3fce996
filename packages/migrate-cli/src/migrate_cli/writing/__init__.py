"""A new revision file: what it says, what it is called, and what is run on it."""
