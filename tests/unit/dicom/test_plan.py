from openworklist.dicom.plan import Wanted, count_elements


def test_elements_of_items_count_too() -> None:
    code = Wanted(0x0008_0100, "SH", None)
    sequence = Wanted(0x0032_1064, "SQ", None, (code, code))
    assert count_elements(()) == 0
    assert count_elements((code, Wanted(0x0040_0100, "SQ", None, (sequence, code)))) == 6
