"""`python -m migrate_cli`: the same as `migrate`."""

from .cli import main

main()
