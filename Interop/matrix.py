"""What peers other than OpenSSL are tried with: every version, suite and kind of certificate that both have, what the
peer can do beyond full handshakes, and a few ways to fail."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from cases import (
    GROUPS, SOME_KIND, SOME_SUITE, SOME_SUITE_13, SUITES, SUITES_13, Case, Resumption, client_told, fits,
    no_certificate, refused, title, told, transport_options,
)
from pki import PKI

KINDS = ["ECDSA-P256", "ECDSA-P384", "RSA-2048", "RSA-3072", "Ed25519"]
# By where Handfast is: "client" or "server".
Sides = tuple[str, ...]
BOTH: Sides = ("client", "server")


@dataclass(frozen=True)
class Abilities:
    """What a peer can do, by the side that Handfast takes."""

    sides: Sides = BOTH
    lacks: frozenset[str] = frozenset()
    """Suites, and kinds of certificates."""
    lacks_as_client: frozenset[str] = frozenset()
    """Kinds of certificates that the peer cannot present as client."""
    retries: Sides = BOTH
    """Whether a HelloRetryRequest can be brought about."""
    hybrids: tuple[str, ...] = ()
    """Groups with ML-KEM that it has on both sides."""
    resumes: dict[str, tuple[Resumption, ...]] = field(default_factory=dict)
    updates: Sides = ()
    """Whether it can be made to change its keys."""
    answers_updates: Sides = BOTH
    """Whether it lives with Handfast's change of keys."""
    early: Sides = ()
    raw_keys: Sides = ()
    """Whether it can do without certificates (RFC 7250)."""
    record_size_limit: Sides = ()
    """Whether it keeps its records as small as it is asked to (RFC 8449)."""


def matrix(pki: PKI, abilities: Abilities) -> Iterator[Case]:
    """Every suite, with every kind of server certificate that fits, and each time the next kind of client certificate;
    then the rest."""
    kinds = [kind for kind in KINDS if kind not in abilities.lacks]
    client_kinds = [kind for kind in kinds if kind not in abilities.lacks_as_client]
    suites = [suite for suite in [*SUITES, *SUITES_13] if suite not in abilities.lacks]
    for side in abilities.sides:
        clients = itertools.cycle(client_kinds[1:] + client_kinds[:1])
        for suite, kind in itertools.product(suites, kinds):
            if not fits(suite, kind):
                continue
            client = next(clients)
            yield Case(
                title(suite), side, pki.leaf("server", kind), pki.leaf("client", client), f"{kind} / {client}",
                suite=suite, options=transport_options(suite))
        yield from specials(pki, abilities, side)
        if side in abilities.raw_keys:
            yield from raw_keys(pki, side)
        for suite in (SOME_SUITE, SOME_SUITE_13):
            yield from refusals(pki, side, suite)


def specials(pki: PKI, abilities: Abilities, side: str) -> Iterator[Case]:
    def case(title: str, **more) -> Case:
        server, client = pki.leaf("server", SOME_KIND), pki.leaf("client", SOME_KIND)
        return Case(title, side, server, client, f"{SOME_KIND} / {SOME_KIND}", **more)

    any = {"suite": "-", "version": "TLS 1.3"}
    yield case("both versions on both sides", **any)
    yield case("the peer has TLS 1.2 only", suite="-", version="TLS 1.2")
    if side in abilities.retries:
        group = "secp384r1"
        wanting = {"peer_groups": (group,)} if side == "client" else {"options": ("--group", GROUPS[group])}
        yield case("HelloRetryRequest", group=group, retries=True, **any, **wanting)
    for hybrid in abilities.hybrids:
        # Handfast's first key share is for X25519MLKEM768.
        retries = side == "client" and hybrid != "X25519MLKEM768"
        yield case("hybrid key exchange", group=hybrid, peer_groups=(hybrid,), retries=retries, **any)
    for way in abilities.resumes.get(side, ()):
        suite = SOME_SUITE_13 if way == Resumption.PSK else SOME_SUITE
        yield case("resumption", suite=suite, resumes=way)
    if side in abilities.updates:
        yield case("KeyUpdate by the peer", suite=SOME_SUITE_13, updates="peer")
    if side in abilities.answers_updates:
        yield case("KeyUpdate by Handfast", suite=SOME_SUITE_13, updates="handfast")
    if side in abilities.record_size_limit:
        yield case("record_size_limit", suite=SOME_SUITE_13, options=("--record-size-limit", "700"))
    if side in abilities.early:
        yield case("early data", suite=SOME_SUITE_13, resumes=Resumption.PSK, early="accepted")


def raw_keys(pki: PKI, side: str) -> Iterator[Case]:
    """Keys without certificates, of different kinds on both sides; and one that nobody knows."""
    kinds = [("ECDSA-P256", "Ed25519"), ("RSA-2048", "ECDSA-P384"), ("Ed25519", "RSA-3072")]
    for version, (server, client) in itertools.product(("TLS 1.3", "TLS 1.2"), kinds):
        case = Case(
            "raw public keys", side, pki.leaf("server", server), pki.leaf("client", client), f"{server} / {client}",
            suite="-", version=version, shows_raw_keys=True)
        yield case
        if server == SOME_KIND:
            yield replace(
                case, title="raw public key that is not known", known=pki.leaf("server", "ECDSA-P521"),
                refusal=refused("certificateRejected:keyNotPinned", 46))


def refusals(pki: PKI, side: str, suite: str) -> Iterator[Case]:
    server, client = pki.leaf("server", SOME_KIND), pki.leaf("client", SOME_KIND)
    both = f"{SOME_KIND} / {SOME_KIND}"
    if side == "client":
        late = client_told(suite, None)
        yield Case("no client certificate", side, server, None, SOME_KIND, suite=suite, refusal=late)
        yield Case("expired client", side, server, pki.expired("client"), both, suite=suite, refusal=late)
    else:
        yield Case("no client certificate", side, server, None, SOME_KIND, suite=suite, refusal=no_certificate(suite))
        yield Case("expired server", side, pki.expired("server"), client, both, suite=suite, refusal=told(None))
        yield Case("wrong name", side, pki.elsewhere(), client, both, suite=suite, refusal=told(None))
