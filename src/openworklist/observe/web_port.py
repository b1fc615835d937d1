"""Counting and logging how connections to the web port begin where it speaks TLS."""

from __future__ import annotations

import logging

from openworklist.observe.metrics import Metrics
from openworklist.observe.peer_log import PeerLog

log = logging.getLogger("openworklist.web")


class WebCounter:
    """The witness of the web listener. Browsers fail until they trust a certificate: that is no warning."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._log = PeerLog(log)

    def secured(self, peer: str, version: str, cipher: str) -> None:
        self._metrics.count("web_tls_connections")
        log.debug("web connection secured", extra={"peer": peer, "version": version, "cipher": cipher})

    def tls_failed(self, peer: str, reason: str) -> None:
        self._metrics.count("web_tls_failures")
        self._log.write(logging.INFO, "TLS with a browser failed", peer, reason=reason)

    def misdirected(self, peer: str, reason: str) -> None:
        """Who speaks HTTP is sent on; old links are nobody's trouble."""
        self._metrics.count("web_connections_misdirected")
        self._log.write(logging.DEBUG, "a browser did not speak TLS", peer, reason=reason)
