"""Studies in an index, without files: for what only reads the index."""

from functools import partial
from itertools import count

from openworklist.domain.instance import Instance
from openworklist.store.database import Database
from openworklist.store.studies import add_instance

_NUMBERS = count(1)


def store(
    database: Database,
    study: str = "1.2.3",
    *,
    series: str = "",
    at: int = 1_773_478_800_000_000,
    many: int = 1,
    **values: str,
) -> None:
    """Take up so many instances of one series that came at a time (microseconds since 1970)."""
    given = {
        "patient_id": "P1",
        "patient_name": "Doe^Jane",
        "accession_number": "A1",
        "study_date": "20260314",
        "modality": "CT",
    }
    for _ in range(many):
        number = next(_NUMBERS)
        instance = Instance(
            study_uid=study,
            series_uid=series or f"{study}.1",
            uid=f"1.2.826.0.1.{number}",
            sop_class="1.2.840.10008.5.1.4.1.1.2",
            transfer_syntax="1.2.840.10008.1.2.1",
            values={**given, **values},
            size=100,
            calling_ae="CT01",
            peer="127.0.0.1:4000",
            received_at=at,
        )
        database.write(partial(add_instance, instance=instance, file=f"aa/{number}.dcm"))
