"""An application with Flask-SQLAlchemy and Flask-Migrate, as it always was; the first two lines are new."""

from migrate_cli import compat

compat.install()  # `import alembic` means migrate from here on

from flask import Flask  # noqa: E402
from flask_migrate import Migrate  # noqa: E402
from flask_sqlalchemy import SQLAlchemy  # noqa: E402

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///app.db"
db = SQLAlchemy(app)
Migrate(app, db)


class User(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(128))
