"""Pairs of schemas that differ by known edits, and the walk from the one to the other and back."""
