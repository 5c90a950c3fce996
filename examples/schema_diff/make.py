"""Make the two databases of the example."""

import sqlite3

for file, script in {
    "old.db": "CREATE TABLE city (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(80));",
    "new.db": """
        CREATE TABLE city (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(80), people INTEGER);
        CREATE INDEX ix_city_name ON city (name);
        CREATE TABLE street (id INTEGER NOT NULL PRIMARY KEY, city INTEGER REFERENCES city (id));
    """,
}.items():
    connection = sqlite3.connect(file)
    connection.executescript(script)
    connection.close()
