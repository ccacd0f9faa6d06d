"""What is tried with OpenSSL: every version, suite, key kind and group, the options, sessions, and the ways to fail."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from cases import (
    GROUPS, KEY_TRANSPORT, RSA_SCHEMES, SOME_KIND, SOME_SUITE, SOME_SUITE_13, SUITES, SUITES_13, Case, Refusal,
    Resumption, client_told, fits, no_certificate, refused, title, told, transport_options,
)
from pki import KEY_KINDS, PKI, Identity


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


def handshakes(pki: PKI) -> Iterator[Case]:
    """TLS 1.2: every suite, with every kind of server certificate that fits, in every group. The client's certificate
    is of another kind in each row."""
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
    yield case("max_fragment_length", facts={"maxFragmentLength": 512}, **fragment)
    if is_13:
        yield case("padded records", options=("--padding", "1024"))
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
    early = {"suite": SOME_SUITE_13, "resumes": Resumption.PSK}
    yield Case("early data", side, server, client, both, early="accepted", **early)
    # By a server that opens the ticket, but takes no early data; and by one to which the ticket means nothing.
    yield Case("early data refused", side, server, client, both, early="rejected", **early)


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
        certificate = both if client else SOME_KIND
        return Case(title, "server", server, client, certificate, suite=suite, refusal=refusal, **more)

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


def refusals_by_openssl_client(pki: PKI, suite: str) -> Iterator[Case]:
    client = pki.leaf("client", SOME_KIND)

    def case(title: str, refusal: Refusal, server: Identity, **more) -> Case:
        return Case(title, "server", server, client, f"{SOME_KIND} / {SOME_KIND}", suite=suite, refusal=refusal, **more)

    yield case("expired server", told(45, "server"), pki.expired("server"))
    yield case("unknown issuer", told(48), pki.stranger("server"))
    yield case("wrong name", told(42), pki.leaf("server", SOME_KIND), name="other.example")
    yield case("client's certificate as server", told(43, "server"), pki.wrong_usage("server"))


def refusals_by_openssl_server(pki: PKI, suite: str) -> Iterator[Case]:
    server = pki.leaf("server", SOME_KIND)
    both = f"{SOME_KIND} / {SOME_KIND}"

    def case(title: str, refusal: Refusal, client: Identity | None, **more) -> Case:
        certificate = both if client else SOME_KIND
        return Case(title, "client", server, client, certificate, suite=suite, refusal=refusal, **more)

    good = pki.leaf("client", SOME_KIND)
    missing = 116 if suite in SUITES_13 else 40
    yield case("no client certificate", client_told(suite, missing, "client"), None)
    yield case("issuer not announced", client_told(suite, missing, "client"), pki.stranger("client"))
    yield case("expired client", client_told(suite, 45, "client"), pki.expired("client"))
    yield case("unknown issuer", client_told(suite, 48), pki.stranger("client"), announces_authorities=False)
    yield case("server's certificate as client", client_told(suite, 43, "client"), pki.wrong_usage("client"))
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
