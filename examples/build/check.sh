#!/bin/sh
# What a build says about migrations, on an empty database of its own at $DATABASE_URL.
set -eu
migrate heads --check
migrate upgrade
migrate check
migrate downgrade base --allow-data-loss
migrate upgrade
