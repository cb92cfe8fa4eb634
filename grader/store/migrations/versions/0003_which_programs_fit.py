"""The database says which older programs can work with it."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None
oldest = "0003"


def upgrade() -> None:
    op.create_table("compatibility", sa.Column("oldest", sa.Text(), nullable=False), sa.PrimaryKeyConstraint("oldest"))


def downgrade() -> None:
    op.drop_table("compatibility")
