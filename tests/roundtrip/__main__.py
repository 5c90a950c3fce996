"""Print how often each kind of edit occurs: `python -m roundtrip postgresql 500`, in `tests`."""

import sys
from collections import Counter

from .pairs import first_pairs

database, number = sys.argv[1], int(sys.argv[2])
counts = Counter(edit for pair in first_pairs(database, number) for edit in pair.edits)
for edit, count in sorted(counts.items()):
    print(f"{count:5} {edit}")
