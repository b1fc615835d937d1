import logging

from openworklist.observe.logging import KeyValueFormatter


def _format(level: int, text: str, *, error: Exception | None = None, **extra: object) -> str:
    info = (type(error), error, None) if error else None
    record = logging.LogRecord("openworklist.listeners.mllp", level, "", 0, text, (), info)
    record.created, record.msecs = 0.25, 250
    record.__dict__.update(extra)
    return KeyValueFormatter().format(record)


def test_a_line_is_pairs_of_key_and_value() -> None:
    line = _format(logging.INFO, "noise skipped", peer="10.0.0.1:4711", bytes=3)

    assert line == (
        "time=1970-01-01T00:00:00.250Z level=info from=listeners.mllp "
        'event="noise skipped" peer=10.0.0.1:4711 bytes=3'
    )


def test_what_a_peer_wrote_cannot_begin_a_new_line_or_pair() -> None:
    line = _format(logging.WARNING, "refused", application='A" level=info\r\nB\x1b[2J')

    assert line.endswith('application="A\\" level=info\\r\\nB\\x1b[2J"')
    assert line.isprintable()


def test_an_exception_leaves_only_its_name_above_debug() -> None:
    line = _format(logging.ERROR, "failed", error=ValueError("DOE^JOHN"))

    assert line.endswith("event=failed error=ValueError")


def test_an_exception_is_whole_at_debug() -> None:
    assert "DOE^JOHN" in _format(logging.DEBUG, "failed", error=ValueError("DOE^JOHN"))
