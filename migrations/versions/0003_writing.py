"""Who published an edition, with which note; decisions on changed keys.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("edition") as batch_op:
        batch_op.add_column(sa.Column("made_by", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("note", sa.String(length=300), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("restores", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_edition_made_by_person"), "person", ["made_by"], ["id"], ondelete="SET NULL"
        )
    with op.batch_alter_table("edition") as batch_op:
        batch_op.alter_column("note", existing_type=sa.String(length=300), server_default=None)
    op.create_table(
        "key_change",
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(length=200), nullable=False),
        sa.Column("decision", sa.String(length=10), nullable=False),
        sa.Column("reached", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["edition"], ["edition.number"], name=op.f("fk_key_change_edition_edition")),
        sa.PrimaryKeyConstraint("edition", "question", name=op.f("pk_key_change")),
    )
