import logging

import pytest

from openworklist.observe.metrics import Metrics
from openworklist.observe.web_port import WebCounter


def test_what_browsers_do_wrong_is_counted_and_no_warning(caplog: pytest.LogCaptureFixture) -> None:
    metrics = Metrics()
    with caplog.at_level(logging.INFO):
        counter = WebCounter(metrics)
        counter.secured("192.0.2.1:4711", "TLSv1.3", "X")
        for _ in range(50):
            counter.tls_failed("192.0.2.1:4711", "it does not take our certificate: unknown ca")
            counter.misdirected("192.0.2.1:4711", "it speaks HTTP on the TLS port")

    assert [(entry.levelname, entry.message) for entry in caplog.records] == [
        ("INFO", "TLS with a browser failed")
    ] * 5
    assert metrics.get("web_tls_connections") == 1
    assert (metrics.get("web_tls_failures"), metrics.get("web_connections_misdirected")) == (50, 50)
