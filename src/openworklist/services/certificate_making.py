"""Certificates for tests: an authority, and a pair each for the server and for a client, as PEM files."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Final

from openworklist.domain.errors import SettingsError

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

_BITS: Final = 2048  # RFC 9325 4.5; and every scanner with TLS takes RSA
_AUTHORITY_DAYS: Final = 3650
_SKEW: Final = timedelta(hours=1)  # clocks of scanners go slow
_LONGEST_NAME: Final = 64  # of a common name (RFC 5280 A.1)


@dataclass(frozen=True, slots=True)
class Made:
    """Every file there is now; `is_new_authority`: it was made too, not found in the folder."""

    paths: tuple[Path, ...]
    is_new_authority: bool


def make_certificates(
    folder: Path, names: tuple[str, ...], *, days: int = 365, force: bool = False, now: datetime | None = None
) -> Made:
    """Make ca, server and client, each `.pem` and `.key`, in `folder`; keys are for their owner's eyes only.

    `names` are the host names and addresses of the server. An authority that the folder holds is used again;
    pairs that it holds are replaced with `force` alone, whole. SettingsError if something cannot be done.
    """
    from cryptography.x509.oid import ExtendedKeyUsageOID

    now = now or datetime.now(UTC)
    alternatives = _to_alternatives(names)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _refuse_existing(folder, force)
        is_new = not (folder / "ca.pem").exists()
        if is_new:
            _make_authority(folder, now)
        authority = _read_authority(folder)
        purposes = (("server", ExtendedKeyUsageOID.SERVER_AUTH), ("client", ExtendedKeyUsageOID.CLIENT_AUTH))
        for stem, purpose in purposes:
            name = names[0] if stem == "server" else "client"
            chosen = alternatives if stem == "server" else None
            _issue(folder, stem, name, authority, purpose, chosen, now, days)
    except OSError as error:
        raise SettingsError(
            f"Certificates cannot be written to {folder}: {error.strerror or error}.", where=str(folder)
        ) from error
    made = (folder / f"{stem}.{end}" for stem in ("ca", "server", "client") for end in ("pem", "key"))
    return Made(tuple(made), is_new)


def _refuse_existing(folder: Path, force: bool) -> None:
    has_certificate, has_key = (folder / "ca.pem").exists(), (folder / "ca.key").exists()
    if has_certificate != has_key:
        raise SettingsError(
            f"{folder} holds one half of an authority: ca.pem and ca.key belong together.",
            where=str(folder),
            hint="bring the other file back, or choose another folder",
        )
    found = [name for name in _PAIRS if (folder / name).exists()]
    if found and not force:
        raise SettingsError(
            f"{folder} holds {', '.join(found)} already.",
            where=str(folder),
            hint="--force replaces the pairs of server and client, and keeps the authority",
        )


_PAIRS: Final = ("server.pem", "server.key", "client.pem", "client.key")


def _to_alternatives(names: tuple[str, ...]) -> x509.SubjectAlternativeName:
    from cryptography import x509

    if not names:
        raise SettingsError("A certificate needs a name.", where="--name", hint="give the server's host name")
    found: list[x509.GeneralName] = []
    for name in names:
        try:
            found.append(x509.IPAddress(ip_address(name)))
        except ValueError:
            is_name = name.isascii() and name.isprintable() and not set(name) & set(" /:@,") and name
            if not is_name or len(name) > 253:
                raise SettingsError(
                    f"{name!r} is no host name and no address.",
                    where="--name",
                    hint="give it as scanners call it, like worklist.hospital.example or 10.1.2.3",
                ) from None
            found.append(x509.DNSName(name))
    return x509.SubjectAlternativeName(found)


def _make_authority(folder: Path, now: datetime) -> None:
    from cryptography import x509

    key = _make_key()
    name = _to_name("OpenWorklist test authority")
    certificate = (
        _begin(name, name, key, now, _AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(is_authority=True), critical=True)
        .sign(key, _hash())
    )
    _write_pair(folder, "ca", certificate, key)


def _read_authority(folder: Path) -> tuple[x509.Certificate, RSAPrivateKey]:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        certificate = x509.load_pem_x509_certificate((folder / "ca.pem").read_bytes())
        key = load_pem_private_key((folder / "ca.key").read_bytes(), None)
    except (ValueError, TypeError) as error:
        raise _unusable(folder) from error
    if not isinstance(key, RSAPrivateKey) or key.public_key() != certificate.public_key():
        raise _unusable(folder)
    return certificate, key


def _unusable(folder: Path) -> SettingsError:
    return SettingsError(
        f"The authority in {folder} cannot be used: ca.pem and ca.key are not a pair that was made here.",
        where=str(folder),
        hint="choose another folder",
    )


def _issue(
    folder: Path,
    stem: str,
    name: str,
    authority: tuple[x509.Certificate, RSAPrivateKey],
    purpose: x509.ObjectIdentifier,
    alternatives: x509.SubjectAlternativeName | None,
    now: datetime,
    days: int,
) -> None:
    from cryptography import x509

    key = _make_key()
    issuer, issuer_key = authority
    builder = (
        _begin(_to_name(name), issuer.subject, key, now, days)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(is_authority=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
        )
    )
    if alternatives is not None:
        builder = builder.add_extension(alternatives, critical=False)
    _write_pair(folder, stem, builder.sign(issuer_key, _hash()), key)


def _begin(
    subject: x509.Name, issuer: x509.Name, key: RSAPrivateKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    from cryptography import x509

    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SKEW)
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, is_authority: bool) -> x509.KeyUsage:
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=not is_authority,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _to_name(text: str) -> x509.Name:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text[:_LONGEST_NAME])])


def _make_key() -> RSAPrivateKey:
    from cryptography.hazmat.primitives.asymmetric import rsa

    return rsa.generate_private_key(public_exponent=65537, key_size=_BITS)


def _hash() -> hashes.SHA256:
    from cryptography.hazmat.primitives import hashes

    return hashes.SHA256()


def _write_pair(folder: Path, stem: str, certificate: x509.Certificate, key: RSAPrivateKey) -> None:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    _write(folder / f"{stem}.key", private, 0o600)
    _write(folder / f"{stem}.pem", certificate.public_bytes(Encoding.PEM), 0o644)


def _write(path: Path, content: bytes, mode: int) -> None:
    """Whole or not at all: a server may be watching. A key is never readable by others, not for a moment."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, mode)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
