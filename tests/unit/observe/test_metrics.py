from openworklist.observe.metrics import Metrics


def test_counts_by_name() -> None:
    metrics = Metrics()
    metrics.count("messages_applied")
    metrics.count("hl7_noise_bytes", 7)
    metrics.count("messages_applied")

    assert metrics.get("messages_applied") == 2
    assert metrics.get("never_counted") == 0
    assert metrics.snapshot() == {"hl7_noise_bytes": 7, "messages_applied": 2}
