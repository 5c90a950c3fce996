[tool.alembic]
# where env.py and the revision files are; %(here)s is the folder of this file
script_location = "${script_location}"
# put first on sys.path, so that env.py can import the project
prepend_sys_path = ["."]
# name of a new revision file
# file_template = "%%(year)d_%%(month).2d_%%(day).2d_%%(rev)s_%%(slug)s"
# timezone of the dates in new files, such as "UTC"
# timezone =
# folders of revision files, if there are several
# version_locations = ["%(here)s/one", "%(here)s/two"]

# what is run on a new file
# [[tool.alembic.post_write_hooks]]
# name = "ruff"
# type = "exec"
# executable = "ruff"
# options = "format REVISION_SCRIPT_FILENAME"
