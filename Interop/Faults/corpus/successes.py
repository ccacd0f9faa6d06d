"""Handshakes that succeed: whatever a tool reports as failed here, or warns of without need, is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from certificates import INTERMEDIATE, ROOT, Template, issue
from fault import BOTH, SIDES, Builder, Fault

from .certificates import leaf, under


def success(identifier: str, text: str, build: Callable[[Builder], None], **more) -> Fault:
    return Fault(
        id=f"success-{identifier}", theme="Successes", text=text, build=build, judge=None, fault=None, cause="",
        cause_words="",
        remedy=(), fix="", kind="success", **more)


def faults() -> Iterator[Fault]:
    yield success("plain", "Everything is in order.", lambda b: None, is_quick=True)
    for kind in ("RSA-2048", "P-384", "Ed25519"):
        def keys(b: Builder, kind=kind) -> None:
            for role in SIDES:
                leaf(b, role, key=kind)

        yield success(f"keys-{kind.lower()}", f"Both keys are {kind}.", keys)

    def none(b: Builder) -> None:
        b.client.chain = b.client.key = None

    def optional(b: Builder) -> None:
        none(b)
        b.server.auth = "optional"

    def not_asked(b: Builder) -> None:
        b.server.auth = "none"

    yield success("client-certificate-optional", "The server invites a certificate; the client has none.", optional,
        is_quick=True)
    yield success("client-certificate-not-asked-for", "The server asks for no certificate; the client has one.",
        not_asked)

    def chain(arrange: Callable[[Builder, str], None]) -> Callable[[Builder], None]:
        return lambda b: [arrange(b, role) for role in SIDES] and None

    def disordered(b: Builder, role: str) -> None:
        upper = issue(replace(INTERMEDIATE, name=f"Faults {role.title()} Upper Beta"), b.shop.root)
        lower = issue(replace(INTERMEDIATE, name=f"Faults {role.title()} Lower Beta"), upper)
        b.present(role, b.shop.leaf(role, lower), upper, lower)

    yield success(
        "chain-disordered", "The intermediates stand in the wrong order.", chain(disordered),
        warning="order|sorted|behind|arrang",
        cannot={"java": "its key store takes no such chain"})

    def with_root(b: Builder, role: str) -> None:
        b.present(role, b.shop.leaf(role), b.shop.intermediate, b.shop.root)

    yield success("chain-with-root", "The root is sent along.", chain(with_root),
        warning="root|superfluous|needless|not needed")

    def with_stranger(b: Builder, role: str) -> None:
        stranger = issue(replace(INTERMEDIATE, name="Faults Zeta"), b.shop.root)
        b.present(role, b.shop.leaf(role), b.shop.intermediate, stranger)

    yield success(
        "chain-with-stranger", "A certificate is sent along that has nothing to do with the rest.",
        chain(with_stranger),
        warning="left out|no part of the path", cannot={"java": "its key store takes no such chain"})

    def direct(b: Builder, role: str) -> None:
        b.present(role, b.shop.leaf(role, b.shop.root))

    yield success("leaf-under-root", "There is no intermediate.", chain(direct),
        # OpenSSL's commands send the root along, from the file of those that they trust.
        told_by={"openssl": {"warning": "A root .* was sent along"}})
    yield success(
        "expires-soon", "Both certificates expire in five days.", chain(lambda b, role: leaf(b, role, days=(-60, 5))),
        warning="expire")
    yield success("expires-in-a-month", "Both certificates expire in 30 days.",
        chain(lambda b, role: leaf(b, role, days=(-60, 30))))
    yield success(
        "no-extended-key-usage", "Neither certificate has extendedKeyUsage: it is for any purpose.",
        chain(lambda b, role: leaf(b, role, eku=None)), warning="extendedKeyUsage")
    yield success("no-key-usage", "Neither certificate has keyUsage.", chain(lambda b, role: leaf(b, role, usage=None)))
    yield success(
        "both-purposes", "Both certificates are for both roles.",
        chain(lambda b, role: leaf(b, role, eku=("serverAuth", "clientAuth"))))
    yield success(
        "client-without-names", "The client's certificate has no subjectAltName.",
        lambda b: leaf(b, "client", names=()),
        warning="subjectAltName|name")

    def wildcard(b: Builder) -> None:
        leaf(b, "server", names=("*.server.example",))
        b.client.name = "a.server.example"

    yield success("wildcard", "A wildcard stands for the first label.", wildcard)

    def address(b: Builder) -> None:
        leaf(b, "server", names=("127.0.0.1",))
        b.client.name = "127.0.0.1"

    yield success("address", "The certificate is for the address that is connected to.", address)
    yield success(
        "names-permitted", "The intermediates' name constraints permit the names.", chain(
            lambda b, role: under(
                b, role, replace(INTERMEDIATE, name="Faults Beta", permitted=("server.example", "client.example")),
                names=("server.example" if role == "server" else "client.example",))))

    def protocols(b: Builder) -> None:
        b.client.protocols, b.server.protocols = ("h2", "http/1.1"), ("http/1.1",)

    yield success("application-protocol", "One of two application protocols is in common.", protocols)

    def another_group(b: Builder) -> None:
        b.client.groups, b.server.groups = ("P-256", "P-384"), ("P-384",)

    yield success("group-after-retry", "The server wants the client's second group.", another_group, versions=("1.3",))

    def old_root_too(b: Builder) -> None:
        old = issue(replace(ROOT, name="Faults Old Alpha", days=(-300, -1)), None)
        b.trust_both(old, b.shop.root)

    yield success("expired-root-beside", "An expired root is trusted beside the one that matters.", old_root_too,
        warning="expired")

    def namesakes(b: Builder) -> None:
        b.trust_both(issue(ROOT, None), b.shop.root)

    yield success("root-namesake-beside", "Two roots of the same name are trusted.", namesakes)

    def lists(b: Builder, role: str) -> None:
        b.revoke(role, b.shop.crl(b.shop.intermediate, (b.shop.leaf(role),)), b.shop.crl(b.shop.root))

    yield success(
        "revocation-lists", "Both sides read CRLs, on which others stand.", chain(lists),
        cannot={"go": "crypto/tls reads no CRLs"})

    def either_version(b: Builder) -> None:
        b.client.versions = b.server.versions = BOTH

    yield success("either-version", "Both speak both versions.", either_version, versions=("1.3",))
