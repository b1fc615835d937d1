"""A hospital system: the orders that it sends."""

from __future__ import annotations


def make_order(
    number: str,
    name: str = "Doe^Jane",
    *,
    control: str = "NW",
    time: str = "20260314080000",
    control_id: str = "",
    charset: str = "",
    codec: str = "utf_8",
    comment: str = "",
) -> bytes:
    """An ORM^O01 for the patient `number`, accession number `A` + number, as the classic profile reads it."""
    control_id = control_id or f"{number}-{control}-{time}"
    text = (
        f"MSH|^~\\&|RIS|HOSPITAL|OW|RAD|{time}||ORM^O01|{control_id}|P|2.3.1||||||{charset}\r"
        f"PID|||{number}^^^HOSP||{name}||19700101|F\r"
        f"ORC|{control}|A{number}|||||||||||||20260314101500\r"
        f"OBR||||RP{number}^CT Head||||||||||||||CT|||CT01\r"
    )
    return (text + (f"NTE|1||{comment}\r" if comment else "")).encode(codec)
