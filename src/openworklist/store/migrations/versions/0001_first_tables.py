"""The tables of the first version."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "changes",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("record_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("action", TEXT, nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changes")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_changes_record_id", "changes", ["record_id"])
    op.create_index("ix_changes_message_id", "changes", ["message_id"])

    op.create_table(
        "messages",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("channel", TEXT, nullable=False),
        sa.Column("peer", TEXT, nullable=False),
        sa.Column("sending_application", TEXT, nullable=False),
        sa.Column("sending_facility", TEXT, nullable=False),
        sa.Column("control_id", TEXT, nullable=False),
        sa.Column("message_type", TEXT, nullable=False),
        sa.Column("repeat_key", sa.LargeBinary(), nullable=True),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("outcome", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("place", TEXT, nullable=False),
        sa.Column("warnings", TEXT, nullable=False),
        sa.Column("acknowledgement", sa.LargeBinary(), nullable=False),
        sa.Column("repeats", sa.BigInteger(), nullable=False),
        sa.Column("last_repeat_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("repeat_key", name=op.f("uq_messages_repeat_key")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_messages_received_at", "messages", ["received_at"])

    op.create_table(
        "records",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("identity", TEXT, nullable=True),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("is_open", sa.BigInteger(), nullable=False),
        sa.Column("patient_id", TEXT, nullable=False),
        sa.Column("issuer_of_patient_id", TEXT, nullable=False),
        sa.Column("accession_number", TEXT, nullable=False),
        sa.Column("placer_order_number_imaging_service_request", TEXT, nullable=False),
        sa.Column("filler_order_number_imaging_service_request", TEXT, nullable=False),
        sa.Column("requested_procedure_id", TEXT, nullable=False),
        sa.Column("study_instance_uid", TEXT, nullable=False),
        sa.Column("scheduled_procedure_step_start_date", TEXT, nullable=False),
        sa.Column("scheduled_procedure_step_start_time", TEXT, nullable=False),
        sa.Column("modality", TEXT, nullable=False),
        sa.Column("scheduled_procedure_step_id", TEXT, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("message_time", TEXT, nullable=False),
        sa.Column("document", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_records")),
        sa.UniqueConstraint("identity", name=op.f("uq_records_identity")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_records_accession_number", "records", ["accession_number"])
    op.create_index(
        "ix_records_all",
        "records",
        ["scheduled_procedure_step_start_date", "scheduled_procedure_step_start_time", "id"],
    )
    op.create_index(
        "ix_records_filler_order_number_imaging_service_request",
        "records",
        ["filler_order_number_imaging_service_request"],
    )
    op.create_index(
        "ix_records_modality",
        "records",
        [
            "modality",
            "is_open",
            "scheduled_procedure_step_start_date",
            "scheduled_procedure_step_start_time",
            "id",
        ],
    )
    op.create_index("ix_records_patient_id", "records", ["patient_id"])
    op.create_index(
        "ix_records_placer_order_number_imaging_service_request",
        "records",
        ["placer_order_number_imaging_service_request"],
    )
    op.create_index("ix_records_requested_procedure_id", "records", ["requested_procedure_id"])
    op.create_index("ix_records_scheduled_procedure_step_id", "records", ["scheduled_procedure_step_id"])
    op.create_index(
        "ix_records_start",
        "records",
        ["is_open", "scheduled_procedure_step_start_date", "scheduled_procedure_step_start_time", "id"],
    )
    op.create_index("ix_records_study_instance_uid", "records", ["study_instance_uid"])

    op.create_table(
        "record_names",
        sa.Column("record_id", NUMBER, nullable=False),
        sa.Column("attribute", sa.Integer(), nullable=False),
        sa.Column("component_group", sa.Integer(), nullable=False),
        sa.Column("folded", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["records.id"], name=op.f("fk_record_names_record_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("record_id", "attribute", "component_group", name=op.f("pk_record_names")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_record_names_folded", "record_names", ["attribute", "folded", "record_id"])

    op.create_table(
        "record_texts",
        sa.Column("record_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("scheduled_procedure_step_start_date", TEXT, nullable=False),
        sa.Column("scheduled_procedure_step_start_time", TEXT, nullable=False),
        sa.Column("patient_birth_date", TEXT, nullable=False),
        sa.Column("patient_sex", TEXT, nullable=False),
        sa.Column("requesting_physician", TEXT, nullable=False),
        sa.Column("requested_procedure_description", TEXT, nullable=False),
        sa.Column("scheduled_station_ae_title", TEXT, nullable=False),
        sa.Column("scheduled_station_name", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["records.id"], name=op.f("fk_record_texts_record_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_record_texts")),
    )

    op.create_table(
        "record_stations",
        sa.Column("record_id", NUMBER, nullable=False),
        sa.Column("ae_title", TEXT, nullable=False),
        sa.Column("is_open", sa.BigInteger(), nullable=False),
        sa.Column("scheduled_procedure_step_start_date", TEXT, nullable=False),
        sa.Column("scheduled_procedure_step_start_time", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["records.id"], name=op.f("fk_record_stations_record_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("record_id", "ae_title", name=op.f("pk_record_stations")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_record_stations_start",
        "record_stations",
        [
            "ae_title",
            "is_open",
            "scheduled_procedure_step_start_date",
            "scheduled_procedure_step_start_time",
            "record_id",
        ],
    )

    op.create_table(
        "edits",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("record_id", NUMBER, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["records.id"], name=op.f("fk_edits_record_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edits")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_edits_record_id", "edits", ["record_id"])

    op.create_table(
        "configuration",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("document", TEXT, nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("note", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_configuration")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_configuration_kind_name_id", "configuration", ["kind", "name", "id"])

    op.create_table(
        "deleted_records",
        sa.Column("record_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("identity", TEXT, nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("document", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_deleted_records")),
    )
    op.create_index("ix_deleted_records_identity", "deleted_records", ["identity"])
    op.create_index("ix_deleted_records_at", "deleted_records", ["at"])

    op.create_table(
        "merged_patients",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("patient_id", TEXT, nullable=False),
        sa.Column("issuer_of_patient_id", TEXT, nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("sender", TEXT, nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=False),
        sa.Column("document", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merged_patients")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_merged_patients_message_id", "merged_patients", ["message_id"])
    op.create_index("ix_merged_patients_patient_id", "merged_patients", ["patient_id"])

    op.create_table(
        "worklist_entries",
        sa.Column("node", TEXT, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("scope", TEXT, nullable=False),
        sa.Column("start_date", TEXT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("document", TEXT, nullable=False),
        sa.Column("record_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("missing", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("node", "key", name=op.f("pk_worklist_entries")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_worklist_entries_seen_at", "worklist_entries", ["seen_at"])

    op.create_table(
        "node_states",
        sa.Column("node", TEXT, nullable=False),
        sa.Column("leased_by", TEXT, nullable=False),
        sa.Column("leased_until", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("error_code", TEXT, nullable=False),
        sa.Column("error", TEXT, nullable=False),
        sa.Column("result", TEXT, nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("node", name=op.f("pk_node_states")),
        sqlite_with_rowid=False,
    )

    op.create_table(
        "outbound",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("destination", TEXT, nullable=False),
        sa.Column("options", TEXT, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("control_id", TEXT, nullable=False),
        sa.Column("record_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("due_since", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("next_attempt_at", sa.BigInteger(), nullable=False),
        sa.Column("leased_by", TEXT, nullable=False),
        sa.Column("leased_until", sa.BigInteger(), nullable=False),
        sa.Column("error_code", TEXT, nullable=False),
        sa.Column("error", TEXT, nullable=False),
        sa.Column("acknowledgement", sa.LargeBinary(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbound")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbound_state_destination_id", "outbound", ["state", "destination", "id"])
    op.create_index("ix_outbound_state_ended_at", "outbound", ["state", "ended_at"])
    op.create_index("ix_outbound_record_id", "outbound", ["record_id"])
    op.create_index("ix_outbound_created_at", "outbound", ["created_at"])

    op.create_table(
        "performed_steps",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("uid", TEXT, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        *(
            sa.Column(name, TEXT, nullable=False)
            for name in (
                "state",
                "calling_ae",
                "peer",
                "station",
                "modality",
                "patient_id",
                "issuer",
                "start",
                "end",
                "requests",
                "notes",
                "document",
            )
        ),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_performed_steps")),
        sa.UniqueConstraint("uid", name=op.f("uq_performed_steps_uid")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_performed_steps_updated_at", "performed_steps", ["updated_at"])

    op.create_table(
        "performed_step_records",
        sa.Column("step_id", NUMBER, nullable=False),
        sa.Column("request", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["step_id"],
            ["performed_steps.id"],
            name=op.f("fk_performed_step_records_step_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("step_id", "request", name=op.f("pk_performed_step_records")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_performed_step_records_record_id", "performed_step_records", ["record_id"])

    op.create_table(
        "questions",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("ae_title", TEXT, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("identifier", sa.LargeBinary(), nullable=False),
        sa.Column("transfer_syntax", TEXT, nullable=False),
        sa.Column("adjusts_zone", sa.BigInteger(), nullable=False),
        sa.Column("refusal", TEXT, nullable=False),
        sa.Column("called", TEXT, nullable=False),
        sa.Column("first_asked", sa.BigInteger(), nullable=False),
        sa.Column("last_asked", sa.BigInteger(), nullable=False),
        sa.Column("times", sa.BigInteger(), nullable=False),
        sa.Column("answers", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.BigInteger(), nullable=False),
        sa.Column("peer", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_questions_ae_title_digest", "questions", ["ae_title", "digest"], unique=True)
    op.create_index("ix_questions_last_asked", "questions", ["last_asked"])

    op.create_table(
        "deliveries",
        sa.Column("record_id", NUMBER, nullable=False),
        sa.Column("ae_title", TEXT, nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("times", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"],
            ["records.id"],
            name=op.f("fk_deliveries_record_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("record_id", "ae_title", name=op.f("pk_deliveries")),
        sqlite_with_rowid=False,
    )

    op.create_table(
        "users",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("role", TEXT, nullable=False),
        sa.Column("is_active", sa.BigInteger(), nullable=False),
        sa.Column("password", TEXT, nullable=False),
        sa.Column("language", TEXT, nullable=False),
        sa.Column("theme", TEXT, nullable=False),
        sa.Column("shortcuts", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("name", name=op.f("uq_users_name")),
        sqlite_autoincrement=True,
    )

    op.create_table(
        "sessions",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("user_id", NUMBER, nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("peer", TEXT, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("locked_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_sessions_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sessions_token_hash")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_sessions_user_id", "sessions", ["user_id"])
    op.create_index("ix_sessions_expires_at", "sessions", ["expires_at"])

    op.create_table(
        "api_keys",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("prefix", TEXT, nullable=False),
        sa.Column("role", TEXT, nullable=False),
        sa.Column("created_by", TEXT, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_used_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_keys_key_hash")),
        sqlite_autoincrement=True,
    )

    op.create_table(
        "guesses",
        sa.Column("key", TEXT, nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("free_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_guesses")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_guesses_last_at", "guesses", ["last_at"])

    op.create_table(
        "audit",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("action", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("subject_id", TEXT, nullable=False),
        sa.Column("record_id", sa.BigInteger(), nullable=True),
        sa.Column("peer", TEXT, nullable=False),
        sa.Column("detail", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_at_id", "audit", ["at", "id"])
    op.create_index("ix_audit_actor_at_id", "audit", ["actor", "at", "id"])
    op.create_index("ix_audit_record_id_at_id", "audit", ["record_id", "at", "id"])

    op.create_table(
        "searches",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("sort", TEXT, nullable=False),
        sa.Column("is_descending", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_searches")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_searches_actor_text", "searches", ["actor", "text"])
    op.create_index("ix_searches_used_at", "searches", ["used_at"])

    op.create_table(
        "requests",
        sa.Column("owner", TEXT, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("record_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("owner", "key", name=op.f("pk_requests")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_requests_at", "requests", ["at"])
