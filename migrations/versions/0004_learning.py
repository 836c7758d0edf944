"""Sittings of an exam, how sure one was, private texts shared with one trainer, words for search.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("attempt") as batch_op:
        batch_op.add_column(sa.Column("questions", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("score", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("passed", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("held_aloud", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("held_by", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_attempt_held_by_person"), "person", ["held_by"], ["id"], ondelete="SET NULL"
        )
    with op.batch_alter_table("attempt") as batch_op:
        batch_op.alter_column("held_aloud", existing_type=sa.Boolean(), server_default=None)
    with op.batch_alter_table("step") as batch_op:
        batch_op.add_column(sa.Column("confidence", sa.Integer(), nullable=True))
    with op.batch_alter_table("reflection") as batch_op:
        batch_op.add_column(sa.Column("shared_with", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("shared_revision", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("shared_at", sa.DateTime(), nullable=True))
        batch_op.create_index(batch_op.f("ix_reflection_shared_with"), ["shared_with"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_reflection_shared_with_person"), "person", ["shared_with"], ["id"], ondelete="SET NULL"
        )
    op.create_table(
        "passage",
        sa.Column("document", sa.String(length=64), nullable=False),
        sa.Column("section", sa.String(length=64), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["document"], ["document.hash"], name=op.f("fk_passage_document_document")),
        sa.PrimaryKeyConstraint("document", "section", name=op.f("pk_passage")),
    )
