"""What runs: `environment` around env.py, `migration` around the scripts."""

from .. import (
    script as script,  # first: its folders give the steps here, which are of its revisions
)
