"""Runs the migrations on the connection that ``grader.store.database`` gives."""

from alembic import context

from grader.store import tables  # makes the tables known
from grader.store.columns import Moment, Words


def _render(kind, item, context):
    # Migrations stand on their own: they don't use this program's column types.
    if kind == "type" and isinstance(item, Moment):
        return "sa.DateTime(timezone=True)"
    return "sa.Text()" if kind == "type" and isinstance(item, Words) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=tables.Base.metadata,
    render_item=_render,
    render_as_batch=True,
    transaction_per_migration=False,
)
context.run_migrations()
