"""Issuers and their keys, signed credentials, status lists; names confirmed before the issue; reminders.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _columns()
    _issuers()
    op.create_table(
        "credential",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("attestation_id", sa.String(length=36), nullable=False),
        sa.Column("variant", sa.String(length=16), nullable=False),
        sa.Column("status_list_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.String(length=36), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["attestation_id"],
            ["attestation.id"],
            name=op.f("fk_credential_attestation_id_attestation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["key_id"], ["issuer_key.id"], name=op.f("fk_credential_key_id_issuer_key")),
        sa.ForeignKeyConstraint(
            ["status_list_id"], ["status_list.id"], name=op.f("fk_credential_status_list_id_status_list")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credential")),
        sa.UniqueConstraint("status_list_id", "place", name=op.f("uq_credential_status_list_id_place")),
    )
    for column in ("attestation_id", "digest", "key_id", "uid"):
        op.create_index(op.f(f"ix_credential_{column}"), "credential", [column], unique=False)


def _columns() -> None:
    empty = {"nullable": False, "server_default": ""}
    with op.batch_alter_table("attestation") as batch_op:
        batch_op.add_column(sa.Column("issuer", sa.String(length=40), nullable=False, server_default="site"))
        batch_op.add_column(sa.Column("reason", sa.String(length=24), **empty))
        batch_op.alter_column("printed_name", existing_type=sa.String(length=120), type_=sa.String(length=200))
        batch_op.add_column(sa.Column("reminded", sa.Integer(), nullable=True))
    with op.batch_alter_table("enrolment") as batch_op:
        batch_op.add_column(sa.Column("printed_name", sa.String(length=200), **empty))
        batch_op.add_column(sa.Column("named_at", sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column("identity_by", sa.String(length=120), **empty))
        batch_op.add_column(sa.Column("identity_at", sa.DateTime(), nullable=True))
    with op.batch_alter_table("person") as batch_op:
        batch_op.add_column(sa.Column("reminders", sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("organisation") as batch_op:
        batch_op.add_column(sa.Column("slug", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("agreement", sa.String(length=200), **empty))
        batch_op.add_column(sa.Column("signatory", sa.String(length=120), **empty))
        batch_op.add_column(sa.Column("role_fr", sa.String(length=120), **empty))
        batch_op.add_column(sa.Column("role_en", sa.String(length=120), **empty))
        batch_op.add_column(sa.Column("colour", sa.String(length=7), **empty))
        batch_op.add_column(sa.Column("logo", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("signature", sa.LargeBinary(), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_organisation_slug"), ["slug"])
    _without_defaults()


def _without_defaults() -> None:
    """What the columns held before is now in every row: new rows say it themselves."""
    text = {"existing_type": sa.String(), "server_default": None}
    with op.batch_alter_table("attestation") as batch_op:
        batch_op.alter_column("issuer", **text)
        batch_op.alter_column("reason", **text)
    with op.batch_alter_table("enrolment") as batch_op:
        batch_op.alter_column("printed_name", **text)
        batch_op.alter_column("identity_by", **text)
    with op.batch_alter_table("organisation") as batch_op:
        for name in ("agreement", "signatory", "role_fr", "role_en", "colour"):
            batch_op.alter_column(name, **text)


def _issuers() -> None:
    op.create_table(
        "issuer_key",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("issuer", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("public", sa.String(length=64), nullable=False),
        sa.Column("wrapped_by", sa.String(length=40), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("state_changed_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issuer_key")),
        sa.UniqueConstraint("issuer", "name", name=op.f("uq_issuer_key_issuer_name")),
    )
    op.create_table(
        "status_list",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("signed_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_list")),
        sa.UniqueConstraint("issuer", "number", name=op.f("uq_status_list_issuer_number")),
    )
    op.create_index(op.f("ix_status_list_signed_at"), "status_list", ["signed_at"], unique=False)
