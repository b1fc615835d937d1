"""A certificate authority of a hospital: makes certificates with OpenSSL's own command."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import NamedTuple


class Papers(NamedTuple):
    """PEM files of a certificate and its key."""

    certificate: str
    key: str


class Authority:
    """Keeps what it makes in a folder."""

    def __init__(self, folder: Path, name: str = "Hospital CA") -> None:
        self._folder = folder
        self._stem = name.replace(" ", "-").lower()
        self.papers = self._path(self._stem)
        self._run("req", "-x509", *_NEW, *self._out(self._stem), "-days", "30", "-subj", f"/CN={name}")

    @property
    def file(self) -> str:
        return self.papers.certificate

    def issue(self, name: str, *names: str, days: int = 30) -> Papers:
        """A certificate for `names` like DNS:localhost or IP:127.0.0.1; one of -1 days has expired."""
        request = self._folder / f"{name}.csr"
        extensions = self._folder / f"{name}.ext"
        extensions.write_text(f"subjectAltName={','.join(names)}\n" if names else "")
        key = self._path(name).key
        self._run("req", *_NEW, "-keyout", key, "-out", str(request), "-subj", f"/CN={name}")
        self._run(
            "x509", "-req", "-in", str(request), "-CA", self.papers.certificate, "-CAkey", self.papers.key,
            "-CAcreateserial", "-out", self._path(name).certificate, "-days", str(days),
            "-extfile", str(extensions),
        )  # fmt: skip
        return self._path(name)

    def encrypt(self, papers: Papers, name: str) -> Papers:
        """The same with a key that wants a password."""
        key = str(self._folder / f"{name}.key")
        self._run("pkey", "-in", papers.key, "-aes256", "-passout", "pass:secret", "-out", key)
        return Papers(papers.certificate, key)

    def _out(self, name: str) -> tuple[str, ...]:
        made = self._path(name)
        return "-keyout", made.key, "-out", made.certificate

    def _path(self, name: str) -> Papers:
        return Papers(str(self._folder / f"{name}.pem"), str(self._folder / f"{name}.key"))

    def _run(self, *arguments: str) -> None:
        ended = subprocess.run(["openssl", *arguments], capture_output=True, text=True, timeout=60)
        assert ended.returncode == 0, ended.stderr


_NEW = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
