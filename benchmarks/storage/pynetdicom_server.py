"""A storage provider on pynetdicom as its documentation shows it: the dataset is written as it came."""

import sys
from pathlib import Path

from pydicom.uid import ExplicitVRLittleEndian
from pynetdicom import AE, evt
from pynetdicom.sop_class import CTImageStorage, Verification


def _store(event: evt.Event, folder: Path) -> int:
    path = folder / f"{event.request.AffectedSOPInstanceUID}.dcm"
    path.write_bytes(event.encoded_dataset())
    return 0


def main() -> None:
    """Serve until it is ended."""
    folder, port = Path(sys.argv[1]), int(sys.argv[2])
    entity = AE("OPENWORKLIST")
    entity.add_supported_context(CTImageStorage, ExplicitVRLittleEndian)
    entity.add_supported_context(Verification)
    entity.maximum_associations = 100
    entity.start_server(("127.0.0.1", port), evt_handlers=[(evt.EVT_C_STORE, _store, [folder])])


if __name__ == "__main__":
    main()
