from io import BytesIO

import pytest
from pydicom import dcmread, dcmwrite
from pydicom.datadict import dictionary_VR
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pynetdicom.dsutils import encode

from openworklist.dicom.dataset import from_json, has_value, items_of, text_of, to_json
from openworklist.dicom.sop_classes import EXPLICIT_LITTLE_ENDIAN, IMPLICIT_LITTLE_ENDIAN
from openworklist.dicom.vrs import VRS
from openworklist.domain.errors import IdentifierError

SYNTAXES = [IMPLICIT_LITTLE_ENDIAN, EXPLICIT_LITTLE_ENDIAN]


def write(dataset: Dataset, syntax: str) -> bytes:
    data = encode(dataset, syntax == IMPLICIT_LITTLE_ENDIAN, True)
    assert data is not None
    return data


def read(data: bytes, syntax: str) -> Dataset:
    file = BytesIO()
    whole = Dataset()
    whole.file_meta = FileMetaDataset()
    whole.file_meta.TransferSyntaxUID = syntax
    whole.file_meta.MediaStorageSOPClassUID = whole.file_meta.MediaStorageSOPInstanceUID = "1.2"
    dcmwrite(file, whole, enforce_file_format=True)
    return dcmread(BytesIO(file.getvalue() + data))


def make() -> Dataset:
    dataset = Dataset()
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.PatientName = "Yamada^Tarou=山田^太郎=やまだ^たろう"
    dataset.PatientID = "4711"
    dataset.PatientSex = ""
    dataset.PerformedProcedureStepStatus = "IN PROGRESS"
    dataset.TotalTimeOfFluoroscopy = 17
    dataset.DistanceSourceToDetector = "1.5"
    dataset.CommentsOnThePerformedProcedureStep = "two\\lines\r\nand a backslash"
    dataset.OperatorsName = ["A^B", "C^D"]
    dataset.ReferencedPatientSequence = []
    series = Dataset()
    series.ProtocolName = "Schädel"
    series.ReferencedImageSequence = [Dataset(), Dataset()]
    series.ReferencedImageSequence[0].ReferencedSOPInstanceUID = "1.2.3"
    dataset.PerformedSeriesSequence = Sequence([series])
    block = dataset.private_block(0x0041, "Somebody's own", create=True)
    block.add_new(1, "OB", b"\0\1\2\3")
    return dataset


@pytest.mark.parametrize("out", SYNTAXES)
@pytest.mark.parametrize("into", SYNTAXES)
def test_what_was_read_is_written_as_it_was(into: str, out: str) -> None:
    """Told by pydicom, whatever the syntax of either way."""
    found, is_whole = to_json(write(make(), into), into)

    again = read(from_json(found, out), out)

    assert is_whole
    expected = make()
    private = expected.pop(0x0041_1001).value
    again_private = again.pop(0x0041_1001).value
    assert again_private == private
    assert again.to_json_dict() == expected.to_json_dict()


def test_the_model_is_that_of_pydicom() -> None:
    ours, _ = to_json(write(make(), EXPLICIT_LITTLE_ENDIAN), EXPLICIT_LITTLE_ENDIAN)
    theirs = make().to_json_dict()
    del theirs["00080005"]
    theirs["00181110"]["Value"] = ["1.5"]  # a number there, a text here: both are right
    del theirs["00081120"]["Value"]  # no item

    assert ours == theirs


@pytest.mark.parametrize(
    ("term", "codec", "name"),
    [
        ("ISO_IR 100", "latin_1", "Müller^Jörg"),
        ("ISO_IR 144", "iso8859_5", "Люкceмбypг"),
        ("GB18030", "gb18030", "王^小東"),
    ],
)
def test_letters_are_those_of_its_character_set(term: str, codec: str, name: str) -> None:
    raw = b"\x08\0\x05\0CS" + bytes([len(term) + len(term) % 2, 0]) + term.encode() + b" " * (len(term) % 2)
    value = name.encode(codec)
    value += b" " * (len(value) % 2)
    raw += b"\x10\0\x10\0PN" + len(value).to_bytes(2, "little") + value

    found, is_whole = to_json(raw, EXPLICIT_LITTLE_ENDIAN)

    assert (text_of(found, 0x0010_0010), is_whole) == (name, True)
    assert "00080005" not in found


def test_the_set_of_an_item_is_its_own() -> None:
    dataset = Dataset()
    dataset.SpecificCharacterSet = "ISO_IR 100"
    dataset.PatientName = "Müller"
    item = Dataset()
    item.SpecificCharacterSet = "ISO_IR 144"
    item.ProtocolName = "Голова"
    dataset.PerformedSeriesSequence = [item]

    found, _ = to_json(write(dataset, EXPLICIT_LITTLE_ENDIAN), EXPLICIT_LITTLE_ENDIAN)

    assert text_of(items_of(found, 0x0040_0340)[0], 0x0018_1030) == "Голова"


def test_bytes_that_are_no_letters_are_told_of() -> None:
    found, is_whole = to_json(b"\x10\0\x10\0PN\x04\0\xff\xfeA ", EXPLICIT_LITTLE_ENDIAN)

    assert not is_whole
    assert text_of(found, 0x0010_0010).endswith("A")


def test_plain_ascii_names_no_character_set() -> None:
    written = from_json({"00100020": {"vr": "LO", "Value": ["1"]}}, EXPLICIT_LITTLE_ENDIAN)

    assert written == b"\x10\0\x20\0LO\x02\x001 "


def test_what_is_too_long_for_its_vr_goes_as_un() -> None:
    long = {"00181030": {"vr": "LO", "Value": ["x" * 70_000]}}

    written = from_json(long, EXPLICIT_LITTLE_ENDIAN)

    assert written[4:6] == b"UN"
    assert to_json(written, EXPLICIT_LITTLE_ENDIAN)[0] == long


def test_unknown_elements_stay_bytes_where_the_syntax_does_not_tell() -> None:
    raw = b"\x99\x00\x10\x00\x04\0\0\0abc\0"

    found, _ = to_json(raw, IMPLICIT_LITTLE_ENDIAN)

    assert found == {"00990010": {"vr": "LO", "Value": ["abc"]}}
    raw = b"\x98\x00\x10\x00\x04\0\0\0abc\0"
    found, _ = to_json(raw, IMPLICIT_LITTLE_ENDIAN)
    assert found["00980010"]["vr"] == "UN"
    assert from_json(found, IMPLICIT_LITTLE_ENDIAN) == raw


def test_group_lengths_say_nothing() -> None:
    raw = b"\x10\0\0\0UL\x04\0\x0a\0\0\0\x10\0\x20\0LO\x02\x001 "

    assert list(to_json(raw, EXPLICIT_LITTLE_ENDIAN)[0]) == ["00100020"]


def test_a_broken_dataset_is_told() -> None:
    with pytest.raises(IdentifierError):
        to_json(b"\x10\0\x20\0LO\xff\x001", EXPLICIT_LITTLE_ENDIAN)


def test_a_text_where_a_sequence_should_be_is_no_item() -> None:
    found, _ = to_json(b"\x40\0\x40\x03LO\x02\x001 ", EXPLICIT_LITTLE_ENDIAN)

    assert items_of(found, 0x0040_0340) == []
    assert has_value(found, 0x0040_0340)


@pytest.mark.parametrize("tag", VRS, ids=lambda tag: f"{tag:08X}")
def test_each_vr_is_that_of_the_standard(tag: int) -> None:
    assert VRS[tag] in dictionary_VR(tag).split(" or ")
