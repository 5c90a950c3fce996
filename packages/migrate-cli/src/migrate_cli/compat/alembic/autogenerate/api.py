"""Comparing models with a database, and writing new revisions of it, by Alembic's names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import MetaData
from sqlalchemy.engine.default import DefaultDialect

from ..operations import ops
from ..runtime.migration import MigrationContext
from ..util import rev_id
from . import compare, render
from .context import AutogenContext

__all__ = [
    "AutogenContext",
    "RevisionContext",
    "_render_migration_diffs",
    "compare_metadata",
    "produce_migrations",
    "render_python_code",
]


def compare_metadata(context: MigrationContext, metadata: MetaData) -> Any:
    """Give what leads from a database to models, as tuples."""
    found = produce_migrations(context, metadata).upgrade_ops
    assert found is not None, "a script of one database has one list of operations"
    return found.as_diffs()


def produce_migrations(context: MigrationContext, metadata: MetaData) -> ops.MigrationScript:
    """Give what leads from a database to models, and back, as operations."""
    autogen_context = AutogenContext(context, metadata=metadata)
    script = ops.MigrationScript(None, ops.UpgradeOps(), ops.DowngradeOps())
    compare._populate_migration_script(autogen_context, script)
    return script


def render_python_code(
    up_or_down_op: ops.UpgradeOps | ops.DowngradeOps,
    sqlalchemy_module_prefix: str = "sa.",
    alembic_module_prefix: str = "op.",
    render_as_batch: bool = False,
    imports: Sequence[str] = (),
    render_item: Any = None,
    migration_context: MigrationContext | None = None,
    user_module_prefix: str | None = None,
) -> str:
    """Write the operations of one direction as the body of a function.

    Args:
        up_or_down_op: The operations.
        sqlalchemy_module_prefix: What stands before SQLAlchemy's names.
        alembic_module_prefix: What stands before the words of `op`.
        render_as_batch: Write the changes of a table as a batch block.
        imports: Lines that are imported already.
        render_item: Asked how an item is written: (type, object, autogen_context).
        migration_context: Whose dialect and options count; None for none.
        user_module_prefix: Kept in the options, for hooks.
    """
    opts = {
        "sqlalchemy_module_prefix": sqlalchemy_module_prefix,
        "alembic_module_prefix": alembic_module_prefix,
        "render_item": render_item,
        "render_as_batch": render_as_batch,
        "user_module_prefix": user_module_prefix,
    }
    if migration_context is None:
        migration_context = MigrationContext.configure(dialect=DefaultDialect())
    autogen_context = AutogenContext(migration_context, opts=opts, autogenerate=False)
    autogen_context.imports = set(imports)
    return render._indent(render._render_cmd_body(up_or_down_op, autogen_context))


def _render_migration_diffs(context: MigrationContext, template_args: dict[Any, Any]) -> None:
    """Compare, and write both directions into what a template is given."""
    autogen_context = AutogenContext(context)
    script = ops.MigrationScript(None, ops.UpgradeOps(), ops.DowngradeOps())
    compare._populate_migration_script(autogen_context, script)
    render._render_python_into_templatevars(autogen_context, script, template_args)


class RevisionContext:
    """New revisions, from the command that asks for them to the files.

    Attributes:
        config: The settings.
        script_directory: Where they go.
        command_args: What the command was given.
        process_revision_directives: Asked once more, after that of env.py; None for nobody.
        template_args: What the template is given.
        generated_revisions: The revisions.
    """

    def __init__(
        self,
        config: Any,
        script_directory: Any,
        command_args: dict[str, Any],
        process_revision_directives: Any = None,
    ) -> None:
        self.config, self.script_directory = config, script_directory
        self.command_args = command_args
        self.process_revision_directives = process_revision_directives
        self.template_args: dict[str, Any] = {"config": config}
        self._last: AutogenContext | None = None
        self.generated_revisions = [self._default_revision()]

    def run_autogenerate(self, rev: Any, migration_context: MigrationContext) -> None:
        """Fill the revision with what the database of a context differs in."""
        self._run_environment(rev, migration_context, True)

    def run_no_autogenerate(self, rev: Any, migration_context: MigrationContext) -> None:
        """Leave the revision empty, and let the hooks fill it."""
        self._run_environment(rev, migration_context, False)

    def _run_environment(
        self, rev: Any, migration_context: MigrationContext, autogenerate: bool
    ) -> None:
        opts = migration_context.opts
        script = self.generated_revisions[-1]
        up, down = opts.get("upgrade_token", "upgrades"), opts.get("downgrade_token", "downgrades")
        if getattr(script, "_needs_render", False):  # the next database of a multidb env.py
            script._upgrade_ops.append(ops.UpgradeOps(upgrade_token=up))
            script._downgrade_ops.append(ops.DowngradeOps(downgrade_token=down))
        else:
            script._upgrade_ops[-1].upgrade_token = up
            script._downgrade_ops[-1].downgrade_token = down
        self._last = AutogenContext(migration_context, autogenerate=autogenerate)
        if autogenerate:
            compare._populate_migration_script(self._last, script)
        for hook in (self.process_revision_directives, opts.get("process_revision_directives")):
            if hook:
                hook(migration_context, rev, self.generated_revisions)
        for one in self.generated_revisions:
            one._needs_render = True  # type: ignore[attr-defined]  # as Alembic marks it

    def _default_revision(self) -> ops.MigrationScript:
        given = self.command_args
        return ops.MigrationScript(
            given["rev_id"] or rev_id(),
            ops.UpgradeOps(),
            ops.DowngradeOps(),
            message=given["message"],
            head=given["head"],
            splice=given["splice"],
            branch_label=given["branch_label"],
            version_path=given["version_path"],
            depends_on=given["depends_on"],
        )

    def generate_scripts(self) -> Iterator[Any]:
        """Write the revisions, and give their scripts."""
        for script in self.generated_revisions:
            yield self._to_script(script)

    def _to_script(self, migration_script: ops.MigrationScript) -> Any:
        arguments = dict(self.template_args)
        if getattr(migration_script, "_needs_render", False) and self._last is not None:
            self._last.imports = set(migration_script.imports)
            render._render_python_into_templatevars(self._last, migration_script, arguments)
        return self.script_directory.generate_revision(
            migration_script.rev_id or rev_id(),
            migration_script.message,
            head=migration_script.head,
            splice=migration_script.splice,
            branch_labels=migration_script.branch_label,
            version_path=migration_script.version_path,
            depends_on=migration_script.depends_on,
            **arguments,
        )
