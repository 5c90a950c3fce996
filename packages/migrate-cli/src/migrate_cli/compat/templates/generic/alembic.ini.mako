# Settings for migrations, read by Alembic and by migrate.

[alembic]
# where env.py and the revision files are; %(here)s is the folder of this file
script_location = ${script_location}
# put first on sys.path, so that env.py can import the project
prepend_sys_path = .
# what stands between several folders in version_locations and prepend_sys_path
path_separator = os
# name of a new revision file
# file_template = %%(year)d_%%(month).2d_%%(day).2d_%%(rev)s_%%(slug)s
# timezone of the dates in new files, such as UTC
# timezone =
# folders of revision files, if there are several
# version_locations = %(here)s/one:%(here)s/two
# the database
sqlalchemy.url = driver://user:pass@localhost/dbname

[post_write_hooks]
# what is run on a new file, for example ruff:
# hooks = ruff
# ruff.type = exec
# ruff.executable = ruff
# ruff.options = format REVISION_SCRIPT_FILENAME

[loggers]
keys = root,sqlalchemy,alembic

[handlers]
keys = console

[formatters]
keys = generic

[logger_root]
level = WARNING
handlers = console
qualname =

[logger_sqlalchemy]
level = WARNING
handlers =
qualname = sqlalchemy.engine

[logger_alembic]
level = INFO
handlers =
qualname = alembic

[handler_console]
class = StreamHandler
args = (sys.stderr,)
level = NOTSET
formatter = generic

[formatter_generic]
format = %(levelname)-5.5s [%(name)s] %(message)s
datefmt = %H:%M:%S
