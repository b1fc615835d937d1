"""The UIDs that the DICOM port knows, and who we are on the network. What is accepted is negotiation's."""

from __future__ import annotations

from typing import Final

APPLICATION_CONTEXT: Final = "1.2.840.10008.3.1.1.1"  # PS3.7 A.2.1

VERIFICATION: Final = "1.2.840.10008.1.1"
MODALITY_WORKLIST: Final = "1.2.840.10008.5.1.4.31"
PERFORMED_STEP: Final = "1.2.840.10008.3.1.2.3.3"  # Modality Performed Procedure Step
PERFORMED_STEP_RETRIEVE: Final = "1.2.840.10008.3.1.2.3.4"

IMPLICIT_LITTLE_ENDIAN: Final = "1.2.840.10008.1.2"
EXPLICIT_LITTLE_ENDIAN: Final = "1.2.840.10008.1.2.1"

# Made once from a UUID (PS3.5 B.2): peers and their logs know an implementation by it, so it never changes.
IMPLEMENTATION_CLASS_UID: Final = "2.25.88277670326372765874635107122721367387"
IMPLEMENTATION_VERSION: Final = "OPENWORKLIST_01"  # at most 16 characters, PS3.7 D.3.3.2.3
