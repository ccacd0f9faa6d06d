"""What is tried.

Against OpenSSL: every suite, key kind and group, the options, and the ways to fail. Against the others: every suite and
key kind that both have, and a few ways to fail.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

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
KEY_TRANSPORT = [suite for suite in SUITES if suite.startswith("RSA_")]
# Handfast's name of each group, and OpenSSL's.
GROUPS = {"x25519": "X25519", "secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}
# In TLS 1.2 the curves of certificates must be among the groups as well (RFC 8422 section 5.1.1).
CERTIFICATE_GROUPS = ["secp256r1", "secp384r1", "secp521r1"]
RSA_SCHEMES = [f"rsa_{kind}_sha{bits}" for kind in ("pkcs1", "pss_rsae") for bits in (256, 384, 512)]
# What other peers than OpenSSL are tried with.
MATRIX_KINDS = ["ECDSA-P256", "ECDSA-P384", "RSA-2048", "RSA-3072", "Ed25519"]
SOME_SUITE = "ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"
SOME_KIND = "ECDSA-P256"


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
    group: str = "x25519"
    refusal: Refusal | None = None
    facts: dict[str, object] = field(default_factory=dict)
    """What Handfast's summary must say besides suite and group."""
    options: tuple[str, ...] = ()
    """More for Handfast."""
    openssl: tuple[str, ...] = ()
    """More for OpenSSL."""
    name: str = SERVER_NAME
    announces_authorities: bool = True


def cases(pki: PKI) -> Iterator[Case]:
    yield from handshakes(pki)
    for side in ("client", "server"):
        yield from variations(pki, side)
    yield from refusals_by_handfast_server(pki)
    yield from refusals_by_openssl_client(pki)
    yield from refusals_by_openssl_server(pki)
    yield from refusals_by_handfast_client(pki)


def matrix(
    pki: PKI, sides: Iterable[str], suites: Iterable[str], kinds: list[str], client_kinds: list[str]
) -> Iterator[Case]:
    """For a peer other than OpenSSL: every suite, with every kind of server certificate that fits, and each time the
    next kind of client certificate; then some handshakes that must fail."""
    for side in sides:
        clients = itertools.cycle(client_kinds[1:] + client_kinds[:1])
        for suite, kind in itertools.product(suites, kinds):
            if not fits(suite, kind):
                continue
            client = next(clients)
            yield Case(
                title(suite), side, pki.leaf("server", kind), pki.leaf("client", client), f"{kind} / {client}",
                suite=suite, options=transport_options(suite))
        yield from matrix_refusals(pki, side)


def matrix_refusals(pki: PKI, side: str) -> Iterator[Case]:
    server, client = pki.leaf("server", SOME_KIND), pki.leaf("client", SOME_KIND)
    both = f"{SOME_KIND} / {SOME_KIND}"
    if side == "client":
        yield Case("no client certificate", side, server, None, SOME_KIND, refusal=told(None))
        yield Case("expired client", side, server, pki.expired("client"), both, refusal=told(None))
    else:
        missing = refused("certificateMissing", 40, "client")
        yield Case("no client certificate", side, server, None, SOME_KIND, refusal=missing)
        yield Case("expired server", side, pki.expired("server"), client, both, refusal=told(None))
        yield Case("wrong name", side, pki.elsewhere(), client, both, refusal=told(None))


def fits(suite: str, kind: str) -> bool:
    """Whether a server with such a key can speak the suite."""
    return kind.startswith("RSA") == ("ECDSA" not in suite)


def title(suite: str) -> str:
    return "RSA key transport" if suite in KEY_TRANSPORT else "handshake"


def transport_options(suite: str) -> tuple[str, ...]:
    return ("--allow-rsa-key-transport",) if suite in KEY_TRANSPORT else ()


def handshakes(pki: PKI) -> Iterator[Case]:
    """Every suite, with every kind of server certificate that fits, in every group. The client's certificate is of
    another kind in each row."""
    kinds = itertools.cycle(KEY_KINDS)
    for side, suite, kind, group in itertools.product(("client", "server"), SUITES, KEY_KINDS, GROUPS):
        if not fits(suite, kind):
            continue
        if suite in KEY_TRANSPORT and group != "x25519":
            continue
        client = next(kinds)
        yield Case(
            title(suite), side, pki.leaf("server", kind), pki.leaf("client", client), f"{kind} / {client}",
            suite=suite, group=group, options=transport_options(suite))


def variations(pki: PKI, side: str) -> Iterator[Case]:
    server, client = pki.leaf("server", SOME_KIND), pki.leaf("client", "Ed25519")
    both = f"{SOME_KIND} / Ed25519"
    alpn = "-alpn"
    yield Case("client presents one", side, server, client, both, "optional")
    yield Case("client presents none", side, server, None, SOME_KIND, "optional")
    yield Case("client is not asked", side, server, None, SOME_KIND, "none")
    yield Case(
        "ALPN", side, server, client, both, facts={"applicationProtocol": "h2"}, options=("--alpn", "h2"),
        openssl=(alpn, "http/1.1,h2"))
    yield Case("no ALPN here", side, server, client, both, openssl=(alpn, "h2"))
    if side == "client":
        fragment = {"options": ("--max-fragment-length", "512")}
    else:
        fragment = {"openssl": ("-maxfraglen", "512")}
    yield Case("max_fragment_length", side, server, client, both, facts={"maxFragmentLength": 512}, **fragment)
    rsa = ("RSA-2048", "RSA-3072")
    for scheme in RSA_SCHEMES:
        yield Case(
            scheme, side, pki.leaf("server", rsa[0]), pki.leaf("client", rsa[1]), " / ".join(rsa),
            suite="ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            facts={"serverSignatureScheme": scheme, "clientSignatureScheme": scheme},
            openssl=("-sigalgs", scheme, "-client_sigalgs", scheme))


def refusals_by_handfast_server(pki: PKI) -> Iterator[Case]:
    server, client = pki.leaf("server", SOME_KIND), pki.leaf("client", SOME_KIND)
    both = f"{SOME_KIND} / {SOME_KIND}"

    def case(title: str, refusal: Refusal, client: Identity | None = client, **more) -> Case:
        return Case(title, "server", server, client, both if client else SOME_KIND, refusal=refusal, **more)

    yield case("no client certificate", refused("certificateMissing", 40, "client"), None)
    yield case("expired client", refused("certificateRejected:expired", 45, "client"), pki.expired("client"))
    yield case("unknown issuer", refused("certificateRejected:unknownIssuer", 48), pki.stranger("client"))
    yield case(
        "server's certificate as client", refused("certificateRejected:extendedKeyUsage", 43, "client"),
        pki.wrong_usage("client"))
    yield case("TLS 1.1 only", refused("versionNotSupported", 70), openssl=("-tls1_1", "-cipher", "ALL:@SECLEVEL=0"))
    yield case("TLS 1.3 only", refused("versionNotSupported", 70), openssl=("-tls1_3",))
    yield case("no suite in common", refused("noCommonCipherSuite", 40), openssl=("-cipher", "ECDHE-ECDSA-AES256-SHA"))
    yield case("RSA key transport is off", refused("noCommonCipherSuite", 40), openssl=("-cipher", "AES128-GCM-SHA256"))
    yield case("no group in common", refused("noCommonGroup", 40), openssl=("-groups", "X448"))
    yield case(
        "no ALPN in common", refused("noCommonApplicationProtocol", 120), options=("--alpn", "h2"),
        openssl=("-alpn", "http/1.1"))


def refusals_by_openssl_client(pki: PKI) -> Iterator[Case]:
    client = pki.leaf("client", SOME_KIND)

    def case(title: str, refusal: Refusal, server: Identity, **more) -> Case:
        return Case(title, "server", server, client, f"{SOME_KIND} / {SOME_KIND}", refusal=refusal, **more)

    yield case("expired server", told(45, "server"), pki.expired("server"))
    yield case("unknown issuer", told(48), pki.stranger("server"))
    yield case("wrong name", told(42), pki.leaf("server", SOME_KIND), name="other.example")
    yield case("client's certificate as server", told(43, "server"), pki.wrong_usage("server"))


def refusals_by_openssl_server(pki: PKI) -> Iterator[Case]:
    server = pki.leaf("server", SOME_KIND)
    both = f"{SOME_KIND} / {SOME_KIND}"

    def case(title: str, refusal: Refusal, client: Identity | None, **more) -> Case:
        return Case(title, "client", server, client, both if client else SOME_KIND, refusal=refusal, **more)

    good = pki.leaf("client", SOME_KIND)
    yield case("no client certificate", told(40, "client"), None)
    yield case("issuer not announced", told(40, "client"), pki.stranger("client"))
    yield case("expired client", told(45, "client"), pki.expired("client"))
    yield case("unknown issuer", told(48), pki.stranger("client"), announces_authorities=False)
    yield case("server's certificate as client", told(43, "client"), pki.wrong_usage("client"))
    # OpenSSL agrees to 1.1, and then finds no suite of that version in the offer.
    yield case("TLS 1.1 only", told(40), good, openssl=("-tls1_1", "-cipher", "ALL:@SECLEVEL=0"))
    yield case("TLS 1.3 only", told(70), good, openssl=("-tls1_3",))
    yield case("no suite in common", told(40), good, openssl=("-cipher", "ECDHE-ECDSA-AES256-SHA"))


def refusals_by_handfast_client(pki: PKI) -> Iterator[Case]:
    client = pki.leaf("client", SOME_KIND)

    def case(title: str, refusal: Refusal, server: Identity, **more) -> Case:
        return Case(title, "client", server, client, f"{SOME_KIND} / {SOME_KIND}", refusal=refusal, **more)

    yield case("expired server", refused("certificateRejected:expired", 45, "server"), pki.expired("server"))
    yield case("unknown issuer", refused("certificateRejected:unknownIssuer", 48), pki.stranger("server"))
    yield case(
        "wrong name", refused("certificateRejected:wrongName", 42), pki.leaf("server", SOME_KIND), name="other.example")
    yield case(
        "client's certificate as server", refused("certificateRejected:extendedKeyUsage", 43, "server"),
        pki.wrong_usage("server"))
