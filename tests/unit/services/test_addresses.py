from openworklist.services.addresses import Endpoint, find_directions, find_own
from openworklist.services.ports import ListenerStatus

MACHINE = ("10.0.0.5", "2001:db8::5")


def status(name: str, *addresses: str) -> ListenerStatus:
    return ListenerStatus(name, addresses, bool(addresses), "", 0, "", 1)


def test_a_port_on_all_addresses_is_told_by_each_that_the_machine_has() -> None:
    statuses = [status("HL7", "0.0.0.0:3001", "[::]:3001"), status("DICOM", "0.0.0.0:11112")]
    found = find_directions(statuses, "OPENWORKLIST", MACHINE)
    assert [str(each) for each in found.hl7] == ["10.0.0.5:3001", "[2001:db8::5]:3001"]
    assert [str(each) for each in found.dicom] == ["10.0.0.5:11112"]
    assert found.ae_title == "OPENWORKLIST"


def test_the_port_with_tls_comes_after_the_plain_one() -> None:
    found = find_directions([status("HL7", "10.0.0.5:6661 (TLS)", "10.0.0.5:3001")], "A", MACHINE)
    assert found.hl7 == (Endpoint("10.0.0.5", 3001), Endpoint("10.0.0.5", 6661, is_secured=True))


def test_what_only_this_machine_reaches_is_marked() -> None:
    found = find_directions([status("HL7", "127.0.0.1:3001", "[::1]:3001")], "A", MACHINE)
    assert all(each.is_local for each in found.hl7)


def test_a_machine_without_network_reaches_itself() -> None:
    found = find_directions([status("HL7", "0.0.0.0:3001", "[::]:3001")], "A", ())
    assert found.hl7 == (Endpoint("127.0.0.1", 3001, is_local=True),)


def test_what_is_switched_off_has_no_address() -> None:
    found = find_directions([status("HL7"), status("folder", "/orders")], "A", MACHINE)
    assert (found.hl7, found.dicom) == ((), ())


def test_a_program_here_takes_the_loopback_address_of_a_plain_port() -> None:
    statuses = [status("HL7", "0.0.0.0:6661 (TLS)", "0.0.0.0:3001"), status("DICOM", "10.0.0.5:104")]
    assert find_own(statuses, "HL7") == Endpoint("127.0.0.1", 3001, is_local=True)
    assert find_own(statuses, "DICOM") == Endpoint("10.0.0.5", 104, is_local=True)
    assert find_own([status("HL7", "[::]:3001")], "HL7") == Endpoint("::1", 3001, is_local=True)
    assert find_own([status("HL7", "0.0.0.0:6661 (TLS)")], "HL7") is None
    assert find_own([], "HL7") is None
