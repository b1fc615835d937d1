from openworklist.observe.health import Health


def test_ready_when_every_check_is_silent() -> None:
    health = Health()
    health.add("database", lambda: "")

    assert health.problems() == {}


def test_a_check_says_what_is_wrong() -> None:
    health = Health()
    health.add("database", lambda: "the disk is full")
    health.add("HL7", lambda: "")

    assert health.problems() == {"database": "the disk is full"}


def test_a_check_that_fails_is_a_problem_too() -> None:
    def broken() -> str:
        raise OSError("gone")

    health = Health()
    health.add("database", broken)

    assert health.problems() == {"database": "OSError"}
