"""${message}

Revision ID: ${up_revision}
% if down_revision:
Revises: ${comma(down_revision)}
% endif
Create Date: ${create_date}
"""

${imports}

revision = ${literal(up_revision)}
down_revision = ${literal(down_revision)}
branch_labels = ${literal(branch_labels)}
depends_on = ${literal(depends_on)}


def upgrade(op: Operations${parameters}) -> None:
    ${upgrades or "pass"}


def downgrade(op: Operations${parameters}) -> None:
    ${downgrades or "pass"}
