"""The tables about stored studies."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "studies",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("uid", TEXT, nullable=False),
        *(
            sa.Column(name, TEXT, nullable=False)
            for name in (
                "study_date",
                "study_time",
                "accession_number",
                "referring_physician_name",
                "timezone_offset_from_utc",
                "study_description",
                "patient_name",
                "patient_id",
                "issuer_of_patient_id",
                "patient_birth_date",
                "patient_sex",
                "study_id",
            )
        ),
        sa.Column("name_key", TEXT, nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("settled_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_studies")),
        sa.UniqueConstraint("uid", name=op.f("uq_studies_uid")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_studies_patient_id", "studies", ["patient_id"])
    op.create_index("ix_studies_accession_number", "studies", ["accession_number"])
    op.create_index("ix_studies_study_date", "studies", ["study_date"])
    op.create_index("ix_studies_name_key", "studies", ["name_key"])
    op.create_index(
        "ix_studies_unsettled",
        "studies",
        ["id"],
        sqlite_where=sa.text("settled_at <= 0"),
        postgresql_where=sa.text("settled_at <= 0"),
    )

    op.create_table(
        "series",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("study_key", NUMBER, nullable=False),
        sa.Column("uid", TEXT, nullable=False),
        *(
            sa.Column(name, TEXT, nullable=False)
            for name in (
                "series_date",
                "series_time",
                "modality",
                "manufacturer",
                "institution_name",
                "station_name",
                "series_description",
                "body_part_examined",
                "protocol_name",
                "series_number",
                "performed_procedure_step_start_date",
                "performed_procedure_step_start_time",
            )
        ),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["study_key"], ["studies.id"], name=op.f("fk_series_study_key"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
        sa.UniqueConstraint("study_key", "uid", name=op.f("uq_series_study_key_uid")),
        sqlite_autoincrement=True,
    )

    op.create_table(
        "instances",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("series_key", NUMBER, nullable=False),
        sa.Column("uid", TEXT, nullable=False),
        sa.Column("sop_class", TEXT, nullable=False),
        sa.Column("transfer_syntax", TEXT, nullable=False),
        *(
            sa.Column(name, TEXT, nullable=False)
            for name in ("instance_number", "number_of_frames", "rows", "columns", "bits_allocated")
        ),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("file", TEXT, nullable=False),
        sa.Column("calling_ae", TEXT, nullable=False),
        sa.Column("peer", TEXT, nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["series_key"], ["series.id"], name=op.f("fk_instances_series_key"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instances")),
        sa.UniqueConstraint("uid", name=op.f("uq_instances_uid")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_instances_series_key", "instances", ["series_key"])
