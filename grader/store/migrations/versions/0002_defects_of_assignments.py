"""Defects of assignments are told from failures of the grader's own."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None
oldest = "0001"


def upgrade() -> None:
    with op.batch_alter_table("gradings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("defect", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("gradings", schema=None) as batch_op:
        batch_op.drop_column("defect")
