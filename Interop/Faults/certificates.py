"""Certificates made fresh for one fault, good or broken in one place."""

from __future__ import annotations

import datetime
import os
import subprocess
import threading
from dataclasses import dataclass, replace
from functools import cached_property
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

SERVER_NAME = "server.example"
EKU = {
    "serverAuth": ExtendedKeyUsageOID.SERVER_AUTH, "clientAuth": ExtendedKeyUsageOID.CLIENT_AUTH,
    "codeSigning": ExtendedKeyUsageOID.CODE_SIGNING,
}
USAGES = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
    "key_cert_sign",
    "crl_sign", "encipher_only", "decipher_only",
)
_lock = threading.Lock()
_keys: dict[str, list] = {}


def new_key(kind: str):
    """RSA keys are slow to make: the faults share a few, which are never taken twice in one set-up's chain."""
    if kind == "Ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    if kind.startswith("RSA-"):
        return rsa.generate_private_key(65_537, int(kind.removeprefix("RSA-")))
    return ec.generate_private_key({"P-256": ec.SECP256R1, "P-384": ec.SECP384R1, "P-521": ec.SECP521R1}[kind]())


@dataclass(frozen=True)
class Template:
    """What is certified. The fields' defaults make a good leaf."""

    name: str
    """The common name."""
    names: tuple[str, ...] = ()
    """subjectAltName: DNS names, IP addresses, or URIs."""
    days: tuple[float, float] = (-1, 60)
    """From when until when, in days from now."""
    is_ca: bool = False
    marks_ca: bool = True
    """Whether an authority has basicConstraints and keyUsage that say so."""
    path_length: int | None = None
    key: str = "P-256"
    usage: tuple[str, ...] | None = ("digital_signature",)
    eku: tuple[str, ...] | None = ()
    sha1: bool = False
    permitted: tuple[str, ...] = ()
    """DNS names that an authority may certify."""
    critical: str | None = None
    """The OID of a critical extension that nobody knows."""
    crl_url: str | None = None


@dataclass
class Certificate:
    certificate: x509.Certificate
    key: object
    issuer: Certificate | None = None

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())

    @cached_property
    def name(self) -> str:
        return self.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value

    def damaged(self) -> Certificate:
        """The same with a bit of its signature changed."""
        der = bytearray(self.certificate.public_bytes(serialization.Encoding.DER))
        der[-5] ^= 1
        return Certificate(x509.load_der_x509_certificate(bytes(der)), self.key, self.issuer)


def issue(template: Template, issuer: Certificate | None, public_of: Certificate | None = None) -> Certificate:
    """By `issuer`, or self-signed. With `public_of`, for the key of that certificate."""
    key = public_of.key if public_of else new_key(template.key)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, template.name)])
    now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
    start, end = (now + datetime.timedelta(days=days) for days in template.days)
    builder = x509.CertificateBuilder().subject_name(subject).public_key(key.public_key())
    builder = builder.issuer_name(issuer.certificate.subject if issuer else subject)
    builder = builder.serial_number(serial_number()).not_valid_before(start).not_valid_after(end)
    for extension, critical in extensions(template, key, issuer.key if issuer else key, issuer is None):
        builder = builder.add_extension(extension, critical)
    signer = issuer.key if issuer else key
    algorithm = None if isinstance(signer, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    certificate = builder.sign(signer, algorithm)
    if template.sha1:
        certificate = signed_with_sha1(certificate, signer)
    return Certificate(certificate, key, issuer)


def serial_number() -> int:
    """16 bytes, the first bit set in every second one: DER puts a zero before those then."""
    return int.from_bytes(os.urandom(16), "big") or 1


def extensions(template: Template, key, issuer_key, is_root: bool):
    usage = template.usage
    if template.is_ca:
        usage = ("key_cert_sign", "crl_sign")
    if not template.is_ca or template.marks_ca:
        yield x509.BasicConstraints(template.is_ca, template.path_length), True
        if usage is not None:
            yield x509.KeyUsage(**{name: name in usage for name in USAGES}), True
    if template.eku:
        yield x509.ExtendedKeyUsage([EKU[name] for name in template.eku]), False
    if template.names:
        yield x509.SubjectAlternativeName([general_name(name) for name in template.names]), False
    if template.permitted:
        yield x509.NameConstraints([x509.DNSName(name) for name in template.permitted], None), True
    if template.critical:
        yield x509.UnrecognizedExtension(ObjectIdentifier(template.critical), b"\x05\x00"), True
    yield x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False
    if not is_root:
        yield x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), False


def general_name(name: str) -> x509.GeneralName:
    if "://" in name:
        return x509.UniformResourceIdentifier(name)
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def signed_with_sha1(certificate: x509.Certificate, signer: rsa.RSAPrivateKey) -> x509.Certificate:
    """The library makes no such signatures any more, but `openssl dgst` does. Only the last byte of the algorithm's OID
    differs, and the signature is as long."""
    sha256, sha1 = (bytes.fromhex(f"2a864886f70d0101{last}") for last in ("0b", "05"))
    contents = certificate.tbs_certificate_bytes.replace(sha256, sha1)
    key = signer.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    signature = with_file(key, lambda file: subprocess.run(
        ["openssl", "dgst", "-sha1", "-sign", file], input=contents, capture_output=True, check=True,
        timeout=60).stdout)
    der = certificate.public_bytes(serialization.Encoding.DER)
    der = der.replace(certificate.tbs_certificate_bytes, contents).replace(sha256, sha1)
    return x509.load_der_x509_certificate(der[:-len(signature)] + signature)


def with_file(data: bytes, use):
    import tempfile
    with tempfile.NamedTemporaryFile(suffix=".pem") as file:
        file.write(data)
        file.flush()
        return use(file.name)


class Workshop:
    """A fault's own certificates: a root, an intermediate, and a good leaf for each side."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.root = issue(ROOT, None)
        self.intermediate = issue(INTERMEDIATE, self.root)

    def file(self, name: str, *pieces: bytes) -> Path:
        path = self.directory / name
        path.write_bytes(b"".join(pieces))
        return path

    def leaf(self, side: str, issuer: Certificate | None = None, **changes) -> Certificate:
        return issue(replace(LEAF[side], **changes), issuer or self.intermediate)

    def crl(
        self, issuer: Certificate, revoked: tuple[Certificate, ...] = (), days: tuple[float, float] = (-1, 7)
    ) -> bytes:
        now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
        builder = x509.CertificateRevocationListBuilder().issuer_name(issuer.certificate.subject)
        builder = builder.last_update(now + datetime.timedelta(days=days[0]))
        builder = builder.next_update(now + datetime.timedelta(days=days[1]))
        for one in revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(one.certificate.serial_number)
            entry = entry.revocation_date(now - datetime.timedelta(hours=2))
            entry = entry.add_extension(x509.CRLReason(x509.ReasonFlags.key_compromise), False)
            builder = builder.add_revoked_certificate(entry.build())
        builder = builder.add_extension(x509.CRLNumber(1), False)
        builder = builder.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), False)
        return builder.sign(issuer.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


    def status(self, one: Certificate, *, revoked: bool = False, days: tuple[float, float] = (-1, 7)) -> bytes:
        """An OCSP response of the certificate's issuer, in DER."""
        now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
        builder = ocsp.OCSPResponseBuilder().add_response(
            cert=one.certificate, issuer=one.issuer.certificate, algorithm=hashes.SHA1(),
            cert_status=ocsp.OCSPCertStatus.REVOKED if revoked else ocsp.OCSPCertStatus.GOOD,
            this_update=now + datetime.timedelta(days=days[0]), next_update=now + datetime.timedelta(days=days[1]),
            revocation_time=now - datetime.timedelta(hours=2) if revoked else None,
            revocation_reason=x509.ReasonFlags.key_compromise if revoked else None)
        builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, one.issuer.certificate)
        response = builder.sign(one.issuer.key, hashes.SHA256())
        return response.public_bytes(serialization.Encoding.DER)


ROOT = Template("Faults Alpha", is_ca=True)
INTERMEDIATE = Template("Faults Beta", is_ca=True)
LEAF = {
    # RSA key exchange needs keyEncipherment as well.
    "server": Template(
        "Faults Server", names=(SERVER_NAME,), eku=("serverAuth",), usage=("digital_signature",)),
    "client": Template("Faults Client", names=("spiffe://faults.example/client",), eku=("clientAuth",)),
}
