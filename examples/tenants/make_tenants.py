"""Make the schemas of tenants that are named: `python make_tenants.py ann bob`."""

import os
import sys

from sqlalchemy import create_engine
from sqlalchemy.schema import CreateSchema

engine = create_engine(os.environ["ROOMS_URL"])
with engine.begin() as connection:
    for name in sys.argv[1:]:
        connection.execute(CreateSchema(f"tenant_{name}"))
engine.dispose()
