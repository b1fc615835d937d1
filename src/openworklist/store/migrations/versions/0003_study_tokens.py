"""Tokens that open studies, and studies in the order in which they came."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_index("ix_studies_received_at_id", "studies", ["received_at", "id"])
    op.create_table(
        "study_tokens",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("study_uid", TEXT, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("key_name", TEXT, nullable=False),
        sa.Column("created_by", TEXT, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_study_tokens")),
        sa.UniqueConstraint("digest", name=op.f("uq_study_tokens_digest")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_study_tokens_study_uid",
        "study_tokens",
        ["study_uid"],
        unique=True,
        sqlite_where=sa.text("revoked_at = 0"),
        postgresql_where=sa.text("revoked_at = 0"),
    )
    op.create_table(
        "study_token_keys",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("created_by", TEXT, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_study_token_keys")),
        sqlite_autoincrement=True,
    )
