"""What is counted and measured: a row each, with what it is."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

# What happened since the start of the server.
COUNTERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "answers": "answers to questions of scanners",
        "answers_cut": "questions with more answers than answer_limit, of which the first were given",
        "answers_left_out": "records left out of answers by an error of ours",
        "answers_transliterated": "answers with letters that their character set lacks",
        "archive_failures": "questions to the archive that failed",
        "archive_requests": "questions to the archive: searches and files",
        "associations_aborted": "associations aborted",
        "associations_closed": "associations ended",
        "associations_opened": "associations accepted",
        "associations_rejected": "associations rejected",
        "certificates_refused": "new certificates of no use; the old one stays",
        "certificates_renewed": "certificates read anew",
        "deliveries_not_kept": "deliveries of records to scanners that could not be kept",
        "dicom_connections_misdirected": "DICOM connections that took plain for TLS or the reverse",
        "dicom_connections_refused": "DICOM connections turned away",
        "dicom_connections_timed_out": "DICOM connections that a time-out closed",
        "dicom_failures": "errors of ours on the DICOM port",
        "dicom_max_associations_reached": "associations beyond dicom_max_associations",
        "dicom_max_identifier_reached": "questions longer than dicom_max_identifier",
        "dicom_max_pdu_reached": "PDUs longer than dicom_max_pdu",
        "dicom_max_pending_reached": "connections beyond dicom_max_pending",
        "dicom_max_per_address_reached": "associations beyond dicom_max_per_address",
        "dicom_max_per_title_reached": "associations beyond dicom_max_per_title",
        "dicom_tls_connections": "DICOM connections secured",
        "dicom_tls_failures": "DICOM connections on which TLS failed",
        "echoes": "C-ECHO requests",
        "files_done": "files of the watched folder whose messages were all taken",
        "files_failed": "files of the watched folder with a message that was not taken",
        "hl7_connections_closed": "HL7 connections ended",
        "hl7_connections_misdirected": "HL7 connections that took plain for TLS or the reverse",
        "hl7_connections_opened": "HL7 connections accepted",
        "hl7_connections_refused": "HL7 connections turned away",
        "hl7_connections_timed_out": "HL7 connections that a time-out closed",
        "hl7_failures": "errors of ours on the HL7 port",
        "hl7_max_connections_reached": "connections beyond hl7_max_connections",
        "hl7_max_per_address_reached": "connections beyond hl7_max_per_address",
        "hl7_noise_bytes": "bytes outside of any message",
        "hl7_tls_connections": "HL7 connections secured",
        "hl7_tls_failures": "HL7 connections on which TLS failed",
        "instances_bytes": "bytes of the datasets of stored instances",
        "instances_not_replaced": "instances that came again with another content; the first was kept",
        "instances_refused": "instances that were not stored",
        "instances_repeated": "instances that were stored before, the same",
        "instances_replaced": "instances whose content was replaced by a newer one",
        "instances_stored": "instances stored (C-STORE)",
        "instances_unfinished": "instances in the middle of which an association ended",
        "messages_applied": "messages applied",
        "messages_expired": "old messages deleted from the journal",
        "messages_ignored": "messages taken that change nothing",
        "messages_not_stored": "messages answered AR since the database refused them",
        "messages_refused": "messages refused",
        "messages_repeated": "messages that had been taken before",
        "node_entries_created": "records made of entries of other worklists",
        "node_entries_ended": "records ended since another worklist has their entry no more",
        "node_entries_refused": "entries of other worklists refused",
        "node_entries_updated": "records updated by entries of other worklists",
        "nodes_asked": "scheduled questions to other worklists",
        "nodes_failed": "scheduled questions to other worklists that failed",
        "notices_failed": "notices of performed steps that could not be made",
        "notices_put": "notices of performed steps put into the outbound queue",
        "outbound_dead": "messages of ours given up",
        "outbound_failed": "attempts to send a message of ours that failed",
        "outbound_failures": "errors of ours in the outbound queue",
        "outbound_repeated": "messages of ours sent again on a new connection at once",
        "outbound_sent": "messages of ours sent",
        "questions": "questions of scanners",
        "questions_not_kept": "questions of scanners that could not be kept",
        "questions_over_limit": "questions refused since they have more answers than answer_limit",
        "records_completed_by_images": "records completed since their images have come",
        "records_expired": "records deleted by auto_delete",
        "steps_changed": "performed steps changed (N-SET)",
        "steps_created": "performed steps begun (N-CREATE)",
        "steps_expired": "old performed steps deleted",
        "steps_read": "performed steps asked for (N-GET)",
        "steps_refused": "what was said of performed steps and not answered with success",
        "steps_unscheduled": "what was said of performed steps that fit no record",
        "token_guesses": "requests with a token that opens nothing",
        "token_questions": "questions for tokens on the HL7 port",
        "token_questions_failed": "questions for tokens that could not be answered",
        "token_questions_refused": "questions for tokens from addresses that are not in token_addresses",
        "token_questions_unknown": "questions for tokens of what is not here",
        "token_uses": "requests with a token that opens its study",
        "web_connections_misdirected": "web connections that did not speak TLS where https is spoken",
        "web_failures": "requests to the web port at which the server failed",
        "web_tls_connections": "web connections secured",
        "web_tls_failures": "web connections on which TLS failed",
    }
)

# Seconds that something took, each as a histogram.
DURATIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "acknowledgement_seconds": "time from a message on the HL7 port to its answer",
        "question_seconds": "time from a question of a scanner to its last answer",
    }
)

# What is so at this moment.
GAUGES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "database_bytes": "size of the database on disk",
        "listener_connections": "connections that are open, by listener",
        "listener_problem": "1 if a listener is not as it was asked to be, by listener",
        "listener_up": "1 if a listener is up, by listener",
        "messages_stored": "messages in the journal",
        "outbound_dead_stored": "messages of ours that were given up and wait for a person",
        "outbound_waiting": "messages of ours that wait to be sent",
        "records_stored": "records",
    }
)
