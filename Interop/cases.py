"""What a row is about. The rows with OpenSSL are in openssl_cases.py, those with the others in matrix.py."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from pki import SERVER_NAME, Identity

SUITES = {
    "ECDHE_ECDSA_WITH_AES_128_GCM_SHA256": "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE_ECDSA_WITH_AES_256_GCM_SHA384": "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256": "ECDHE-ECDSA-CHACHA20-POLY1305",
    "ECDHE_RSA_WITH_AES_128_GCM_SHA256": "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE_RSA_WITH_AES_256_GCM_SHA384": "ECDHE-RSA-AES256-GCM-SHA384",
    "ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256": "ECDHE-RSA-CHACHA20-POLY1305",
    "RSA_WITH_AES_128_GCM_SHA256": "AES128-GCM-SHA256",
    "RSA_WITH_AES_256_GCM_SHA384": "AES256-GCM-SHA384",
}
# Those of TLS 1.3 say nothing of keys: every kind of certificate goes with each.
SUITES_13 = {
    "AES_128_GCM_SHA256": "TLS_AES_128_GCM_SHA256",
    "AES_256_GCM_SHA384": "TLS_AES_256_GCM_SHA384",
    "CHACHA20_POLY1305_SHA256": "TLS_CHACHA20_POLY1305_SHA256",
}
KEY_TRANSPORT = [suite for suite in SUITES if suite.startswith("RSA_")]
# Handfast's name of each group, and OpenSSL's.
GROUPS = {"x25519": "X25519", "secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}
# In TLS 1.2 the curves of certificates must be among the groups as well (RFC 8422 section 5.1.1).
CERTIFICATE_GROUPS = ["secp256r1", "secp384r1", "secp521r1"]
RSA_SCHEMES = [f"rsa_{kind}_sha{bits}" for kind in ("pkcs1", "pss_rsae") for bits in (256, 384, 512)]
SOME_SUITE = "ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"
SOME_SUITE_13 = "AES_128_GCM_SHA256"
SOME_KIND = "ECDSA-P256"


class Resumption(StrEnum):
    """The ways to resume, as Handfast calls them."""

    SESSION_ID = "session id"
    TICKET = "ticket"
    PSK = "PSK with (EC)DHE"


@dataclass(frozen=True)
class Refusal:
    """How a handshake must fail: Handfast's exit status and error, and the alert's number."""

    exit_status: int
    error: str
    alert: int | None
    """None: every peer has its own idea of which is right."""
    fault: str | None = None
    """Whose set-up Handfast must find wrong."""
    step: str | None = None
    """Where in the handshake Handfast must be."""


def refused(error: str, alert: int, fault: str | None = None) -> Refusal:
    """Handfast refuses the peer."""
    return Refusal(10, error, alert, fault)


def told(alert: int | None, fault: str | None = None, step: str | None = None) -> Refusal:
    """The peer refuses Handfast."""
    return Refusal(11, "alertReceived", alert, fault, step)


def client_told(suite: str, alert: int | None, fault: str | None = None) -> Refusal:
    """A server refuses the certificate of Handfast's client: in TLS 1.3 when that believes itself done."""
    return told(alert, fault, "awaitingConfirmation" if suite in SUITES_13 else None)


@dataclass(frozen=True)
class Case:
    title: str
    handfast: str
    """Which side Handfast is: "client" or "server"."""
    server: Identity
    client: Identity | None
    certificate: str
    client_auth: str = "required"
    suite: str = SOME_SUITE
    """"-": whichever both like best."""
    version: str = ""
    """What must be negotiated; by default the suite's."""
    peer_version: str | None = None
    """The only version that the peer speaks; None: the peer's defaults. In rows of TLS 1.2 it is that."""
    group: str | None = None
    """What must be negotiated, if that matters."""
    peer_groups: tuple[str, ...] = ()
    """The only groups that the peer knows; none: its defaults."""
    refusal: Refusal | None = None
    facts: dict[str, object] = field(default_factory=dict)
    """What Handfast's summary must say besides suite and group."""
    options: tuple[str, ...] = ()
    """More for Handfast."""
    openssl: tuple[str, ...] = ()
    """More for OpenSSL."""
    name: str = SERVER_NAME
    announces_authorities: bool = True
    retries: bool = False
    """Whether a HelloRetryRequest must have been needed."""
    resumes: Resumption | None = None
    """There are two connections, the second of which must resume in this way."""
    updates: str | None = None
    """Who changes its keys within the connection: "peer" or "handfast"."""
    shows_raw_keys: bool = False
    """Whether both sides show their keys alone (RFC 7250), and Handfast knows the peer's."""
    known: Identity | None = None
    """Whose key Handfast knows instead of the peer's."""
    early: str | None = None
    """Whether the second connection begins with early data, and what becomes of it: "accepted" or "rejected"."""

    def __post_init__(self) -> None:
        if not self.version:
            object.__setattr__(self, "version", "TLS 1.3" if self.suite in SUITES_13 else "TLS 1.2")
        if self.version == "TLS 1.2" and self.peer_version is None:
            object.__setattr__(self, "peer_version", "TLS 1.2")

    @property
    def is_13(self) -> bool:
        return self.version == "TLS 1.3"

    @property
    def is_traced(self) -> bool:
        """Whether Handfast's trace is needed to judge it."""
        return self.retries or self.resumes is not None or self.updates is not None


def fits(suite: str, kind: str) -> bool:
    """Whether a server with such a key can speak the suite."""
    return suite in SUITES_13 or kind.startswith("RSA") == ("ECDSA" not in suite)


def title(suite: str) -> str:
    return "RSA key transport" if suite in KEY_TRANSPORT else "handshake"


def transport_options(suite: str) -> tuple[str, ...]:
    return ("--allow-rsa-key-transport",) if suite in KEY_TRANSPORT else ()


def no_certificate(suite: str) -> Refusal:
    """How Handfast's server refuses clients without a certificate."""
    if suite in SUITES_13:
        return refused("clientCertificateRequired", 116, "client")
    return refused("certificateMissing", 40, "client")
