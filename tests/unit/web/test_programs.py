import pytest

from openworklist.web.programs import is_by_token, is_dicom, is_for_programs


@pytest.mark.parametrize(
    ("path", "for_programs", "dicom", "by_token"),
    [
        ("/api/v1/records", True, False, False),
        ("/dicomweb/studies", True, True, False),
        ("/studies/by-token/x/dicomweb/studies", True, True, True),
        ("/studies/by-token/x/dicomweb", True, True, True),
        ("/studies/by-token/x/archive.zip", True, False, False),
        ("/studies/by-token/x", False, False, False),
        ("/studies/by-token/x/dicomwebs", False, False, False),
        ("/studies/by-token/x/archive.zip.html", False, False, False),
        ("/studies/by-token/x/y/dicomweb/studies", False, False, False),
        ("/worklist", False, False, False),
    ],
)
def test_addresses_are_told_apart(path: str, for_programs: bool, dicom: bool, by_token: bool) -> None:
    assert (is_for_programs(path), is_dicom(path), is_by_token(path)) == (for_programs, dicom, by_token)
