"""What a row is about, and what is tried against OpenSSL: every version, suite, key kind and group, the options, and the
ways to fail. What the other peers are tried with is in matrix.py."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from pki import KEY_KINDS, PKI, SERVER_NAME, Identity

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
    openssl_says: str | None = None
    """What OpenSSL's output must contain; by default the number of the alert, when it is the one that is told."""


def refused(error: str, alert: int, fault: str | None = None) -> Refusal:
    """Handfast refuses the peer."""
    return Refusal(10, error, alert, fault)


def told(alert: int | None, fault: str | None = None) -> Refusal:
    """The peer refuses Handfast."""
    return Refusal(11, "alertReceived", alert, fault, openssl_says="")


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
    early: bool = False
    """Whether the second connection begins with early data."""

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


def cases(pki: PKI) -> Iterator[Case]:
    yield from handshakes(pki)
    yield from handshakes_13(pki)
    for side in ("client", "server"):
        for suite in (SOME_SUITE, SOME_SUITE_13):
            yield from variations(pki, side, suite)
        yield from version_choices(pki, side)
        yield from retries(pki, side)
        yield from resumptions(pki, side)
        yield from key_updates(pki, side)
    for suite in (SOME_SUITE, SOME_SUITE_13):
        yield from refusals_by_handfast_server(pki, suite)
        yield from refusals_by_openssl_client(pki, suite)
        yield from refusals_by_openssl_server(pki, suite)
        yield from refusals_by_handfast_client(pki, suite)


def fits(suite: str, kind: str) -> bool:
    """Whether a server with such a key can speak the suite."""
    return suite in SUITES_13 or kind.startswith("RSA") == ("ECDSA" not in suite)


def title(suite: str) -> str:
    return "RSA key transport" if suite in KEY_TRANSPORT else "handshake"


def transport_options(suite: str) -> tuple[str, ...]:
    return ("--allow-rsa-key-transport",) if suite in KEY_TRANSPORT else ()


def handshakes(pki: PKI) -> Iterator[Case]:
    """TLS 1.2: every suite, with every kind of server certificate that fits, in every group. The client's certificate is
    of another kind in each row."""
    kinds = itertools.cycle(KEY_KINDS)
    for side, suite, kind, group in itertools.product(("client", "server"), SUITES, KEY_KINDS, GROUPS):
        if not fits(suite, kind):
            continue
        if suite in KEY_TRANSPORT and group != "x25519":
            continue
        client = next(kinds)
        yield Case(
            title(suite), side, pki.leaf("server", kind), pki.leaf("client", client), f"{kind} / {client}",
            suite=suite, group=None if suite in KEY_TRANSPORT else group, options=transport_options(suite))


def handshakes_13(pki: PKI) -> Iterator[Case]:
    """TLS 1.3, where suite, certificate and group do not depend on one another: every suite with every kind of server
    certificate, each row in the next group, and with the next kind of client certificate."""
    kinds, groups = itertools.cycle([*KEY_KINDS][1:] + [*KEY_KINDS][:1]), itertools.cycle(GROUPS)
    for side, suite, kind in itertools.product(("client", "server"), SUITES_13, KEY_KINDS):
        client = next(kinds)
        yield Case(
            title(suite), side, pki.leaf("server", kind), pki.leaf("client", client), f"{kind} / {client}",
            suite=suite, group=next(groups))


def variations(pki: PKI, side: str, suite: str) -> Iterator[Case]:
    server, client = pki.leaf("server", SOME_KIND), pki.leaf("client", "Ed25519")
    both = f"{SOME_KIND} / Ed25519"
    alpn = "-alpn"
    is_13 = suite in SUITES_13

    def case(title: str, client: Identity | None = client, auth: str = "required", **more) -> Case:
        return Case(title, side, server, client, both if client else SOME_KIND, auth, suite, **more)

    yield case("client presents one", auth="optional")
    yield case("client presents none", None, "optional")
    yield case("client is not asked", None, "none")
    yield case(
        "ALPN", facts={"applicationProtocol": "h2"}, options=("--alpn", "h2"), openssl=(alpn, "http/1.1,h2"))
    yield case("no ALPN here", openssl=(alpn, "h2"))
    if side == "client":
        fragment = {"options": ("--max-fragment-length", "512")}
    else:
        fragment = {"openssl": ("-maxfraglen", "512")}
    # In TLS 1.3 Handfast's server leaves it aside, as servers may.
    if side == "client" or not is_13:
        yield case("max_fragment_length", facts={"maxFragmentLength": 512}, **fragment)
    rsa = ("RSA-2048", "RSA-3072")
    for scheme in RSA_SCHEMES:
        # TLS 1.3 has no PKCS #1 signatures but in certificates.
        if is_13 and "pkcs1" in scheme:
            continue
        yield Case(
            scheme, side, pki.leaf("server", rsa[0]), pki.leaf("client", rsa[1]), " / ".join(rsa),
            suite=suite if is_13 else "ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            facts={"serverSignatureScheme": scheme, "clientSignatureScheme": scheme},
            openssl=("-sigalgs", scheme, "-client_sigalgs", scheme))


def version_choices(pki: PKI, side: str) -> Iterator[Case]:
    """Where Handfast may speak both versions."""
    server, client = pki.leaf("server", SOME_KIND), pki.leaf("client", SOME_KIND)
    both = f"{SOME_KIND} / {SOME_KIND}"
    yield Case("both versions on both sides", side, server, client, both, suite="-", version="TLS 1.3")
    yield Case("the peer has TLS 1.2 only", side, server, client, both, suite="-", version="TLS 1.2")
    yield Case(
        "the peer has TLS 1.3 only", side, server, client, both, suite="-", version="TLS 1.3", peer_version="TLS 1.3")


def retries(pki: PKI, side: str) -> Iterator[Case]:
    """The client's first ClientHello has no key share of the only group that the server wants."""
    server, client = pki.leaf("server", SOME_KIND), pki.leaf("client", SOME_KIND)
    both = f"{SOME_KIND} / {SOME_KIND}"
    for group in ("secp256r1", "secp384r1", "secp521r1"):
        if side == "client":
            wanting = {"peer_groups": (group,)}
        else:
            wanting = {"options": ("--group", GROUPS[group])}
        yield Case(
            "HelloRetryRequest", side, server, client, both, suite=SOME_SUITE_13, group=group, retries=True, **wanting)


def resumptions(pki: PKI, side: str) -> Iterator[Case]:
    server, client = pki.leaf("server", SOME_KIND), pki.leaf("client", SOME_KIND)
    both = f"{SOME_KIND} / {SOME_KIND}"
    for suite in SUITES_13:
        yield Case("resumption", side, server, client, both, suite=suite, resumes=Resumption.PSK)
    for way in (Resumption.TICKET, Resumption.SESSION_ID):
        yield Case("resumption", side, server, client, both, suite=SOME_SUITE, resumes=way)
    yield Case("early data", side, server, client, both, suite=SOME_SUITE_13, resumes=Resumption.PSK, early=True)


def key_updates(pki: PKI, side: str) -> Iterator[Case]:
    server, client = pki.leaf("server", SOME_KIND), pki.leaf("client", SOME_KIND)
    both = f"{SOME_KIND} / {SOME_KIND}"
    for suite in SUITES_13:
        yield Case("KeyUpdate by the peer", side, server, client, both, suite=suite, updates="peer")
    yield Case("KeyUpdate by Handfast", side, server, client, both, suite=SOME_SUITE_13, updates="handfast")


def refusals_by_handfast_server(pki: PKI, suite: str) -> Iterator[Case]:
    server, client = pki.leaf("server", SOME_KIND), pki.leaf("client", SOME_KIND)
    both = f"{SOME_KIND} / {SOME_KIND}"

    def case(title: str, refusal: Refusal, client: Identity | None = client, **more) -> Case:
        return Case(title, "server", server, client, both if client else SOME_KIND, suite=suite, refusal=refusal, **more)

    yield case("no client certificate", no_certificate(suite), None)
    yield case("expired client", refused("certificateRejected:expired", 45, "client"), pki.expired("client"))
    yield case("unknown issuer", refused("certificateRejected:unknownIssuer", 48), pki.stranger("client"))
    yield case(
        "server's certificate as client", refused("certificateRejected:extendedKeyUsage", 43, "client"),
        pki.wrong_usage("client"))
    yield case("TLS 1.1 only", refused("versionNotSupported", 70), openssl=("-tls1_1", "-cipher", "ALL:@SECLEVEL=0"))
    yield case("no group in common", refused("noCommonGroup", 40), openssl=("-groups", "X448"))
    yield case(
        "no ALPN in common", refused("noCommonApplicationProtocol", 120), options=("--alpn", "h2"),
        openssl=("-alpn", "http/1.1"))
    if suite in SUITES_13:
        yield case("TLS 1.2 only", refused("versionNotSupported", 70), openssl=("-tls1_2",))
        ccm = ("-tls1_3", "-ciphersuites", "TLS_AES_128_CCM_SHA256")
        yield case("no suite in common", refused("noCommonCipherSuite", 40), openssl=ccm)
    else:
        yield case("TLS 1.3 only", refused("versionNotSupported", 70), openssl=("-tls1_3",))
        for what, cipher in (
            ("no suite in common", "ECDHE-ECDSA-AES256-SHA"), ("RSA key transport is off", "AES128-GCM-SHA256")
        ):
            yield case(what, refused("noCommonCipherSuite", 40), openssl=("-cipher", cipher))


def no_certificate(suite: str) -> Refusal:
    """How Handfast's server refuses clients without a certificate."""
    if suite in SUITES_13:
        return refused("clientCertificateRequired", 116, "client")
    return refused("certificateMissing", 40, "client")


def refusals_by_openssl_client(pki: PKI, suite: str) -> Iterator[Case]:
    client = pki.leaf("client", SOME_KIND)

    def case(title: str, refusal: Refusal, server: Identity, **more) -> Case:
        return Case(title, "server", server, client, f"{SOME_KIND} / {SOME_KIND}", suite=suite, refusal=refusal, **more)

    yield case("expired server", told(45, "server"), pki.expired("server"))
    yield case("unknown issuer", told(48), pki.stranger("server"))
    yield case("wrong name", told(42), pki.leaf("server", SOME_KIND), name="other.example")
    yield case("client's certificate as server", told(43, "server"), pki.wrong_usage("server"))


def refusals_by_openssl_server(pki: PKI, suite: str) -> Iterator[Case]:
    """In TLS 1.3 those of certificates come when Handfast's side of the handshake is done."""
    server = pki.leaf("server", SOME_KIND)
    both = f"{SOME_KIND} / {SOME_KIND}"

    def case(title: str, refusal: Refusal, client: Identity | None, **more) -> Case:
        return Case(title, "client", server, client, both if client else SOME_KIND, suite=suite, refusal=refusal, **more)

    good = pki.leaf("client", SOME_KIND)
    missing = 116 if suite in SUITES_13 else 40
    yield case("no client certificate", told(missing, "client"), None)
    yield case("issuer not announced", told(missing, "client"), pki.stranger("client"))
    yield case("expired client", told(45, "client"), pki.expired("client"))
    yield case("unknown issuer", told(48), pki.stranger("client"), announces_authorities=False)
    yield case("server's certificate as client", told(43, "client"), pki.wrong_usage("client"))
    if suite in SUITES_13:
        yield case("TLS 1.2 only", told(70), good, openssl=("-tls1_2",))
        ccm = ("-tls1_3", "-ciphersuites", "TLS_AES_128_CCM_SHA256")
        yield case("no suite in common", told(40), good, openssl=ccm)
        yield case("no group in common", told(40), good, openssl=("-groups", "X448"))
    else:
        # OpenSSL agrees to 1.1, and then finds no suite of that version in the offer.
        yield case("TLS 1.1 only", told(40), good, openssl=("-tls1_1", "-cipher", "ALL:@SECLEVEL=0"))
        yield case("TLS 1.3 only", told(70), good, openssl=("-tls1_3",))
        yield case("no suite in common", told(40), good, openssl=("-cipher", "ECDHE-ECDSA-AES256-SHA"))


def refusals_by_handfast_client(pki: PKI, suite: str) -> Iterator[Case]:
    client = pki.leaf("client", SOME_KIND)

    def case(title: str, refusal: Refusal, server: Identity, **more) -> Case:
        return Case(title, "client", server, client, f"{SOME_KIND} / {SOME_KIND}", suite=suite, refusal=refusal, **more)

    yield case("expired server", refused("certificateRejected:expired", 45, "server"), pki.expired("server"))
    yield case("unknown issuer", refused("certificateRejected:unknownIssuer", 48), pki.stranger("server"))
    yield case(
        "wrong name", refused("certificateRejected:wrongName", 42), pki.leaf("server", SOME_KIND), name="other.example")
    yield case(
        "client's certificate as server", refused("certificateRejected:extendedKeyUsage", 43, "server"),
        pki.wrong_usage("server"))
