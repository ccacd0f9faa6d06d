"""Servers that are not who the client wants to reach, and certificates that were revoked."""

from __future__ import annotations

from collections.abc import Iterator

from certificates import SERVER_NAME
from fault import HONEST, Builder, Fault

from .certificates import PEER, leaf, owned

WORDS = (
    r"hostname mismatch|doesn't match|does not match|is valid for|not valid for|No subject alternative|no alternative|"
    r"doesn't contain any IP SANs|IP address mismatch|legacy Common Name|name.*(mismatch|not)|not for|it is for|"
    r"the owner of the certificate|ERR_TLS_CERT_ALTNAME")


def named(
    identifier: str, text: str, names: tuple[str, ...], asked: str, fix: str, cause: str = "name-mismatch",
    changes: dict[str, object] | None = None, **more
) -> Fault:
    def build(b: Builder) -> None:
        leaf(b, "server", names=names, **(changes or {}))
        b.client.name = asked

    return Fault(
        id=identifier, theme="Names", text=text, build=build, judge="client", fault=more.pop("fault", "server"), cause=cause,
        cause_words=WORDS, remedy=("name|subjectAltName|address",), fix=fix, certificate=("server", 0),
        subjects=("Faults Server", asked.replace(".", r"\.")), remedy_side=None, seen=False,
        judging={"faults": ("server", None), "remedy_sides": ("client", "server", None)},
        refused={"faults": (None, "client", "server"), "rank": 2, "remedy_sides": ("client", "server", None)}, **more)


def names() -> Iterator[Fault]:
    yield named(
        "server-name-wrong", "The server's certificate is for elsewhere.example; the client wants server.example.",
        ("elsewhere.example",), SERVER_NAME, "Connect by a name in the certificate, or have one issued with the right name.",
        is_quick=True)
    yield named(
        "server-name-missing", "The server's certificate has its name as common name only, and no subjectAltName.",
        (), SERVER_NAME, "Have a certificate issued with the name in subjectAltName: the common name is not looked at.",
        cause="name-missing", changes={"name": SERVER_NAME},
        tolerant={
            "openssl": "OpenSSL falls back on the common name", "curl+nginx": "curl falls back on the common name",
            "gnutls": "GnuTLS falls back on the common name", "java": "Java falls back on the common name",
        })
    yield named(
        "server-wildcard-too-deep", "The certificate is for *.example; the client wants a.server.example.", ("*.example",),
        "a.server.example", "A wildcard stands for one label: have the name itself, or *.server.example, certified.")
    yield named(
        "server-wildcard-of-itself", "The certificate is for *.server.example; the client wants server.example.",
        ("*.server.example",), SERVER_NAME, "A wildcard does not cover the name above it: have both certified.")
    yield named(
        "server-wildcard-partial", "The certificate is for ser*.example; the client wants server.example.", ("ser*.example",),
        SERVER_NAME, "A wildcard must be a whole label: have the name itself certified.",
        tolerant={"java": "Java's rules for HTTPS allow parts of labels"})
    yield named(
        "server-address-not-certified", "The client connects to 127.0.0.1; the certificate has a DNS name only.",
        (SERVER_NAME,), "127.0.0.1", "Connect by the name; or have a certificate issued with the IP address as such.")
    yield named(
        "server-address-as-dns-name", "The client connects to 127.0.0.2; the certificate is for 127.0.0.1.",
        ("127.0.0.1",), "127.0.0.2", "Have a certificate issued with the address that clients use.",
        cannot={"curl+nginx": "its server listens on 127.0.0.1 only"})
    yield named(
        "server-name-for-address-certificate", "The certificate is for the address 127.0.0.1 only; the client wants server.example.",
        ("127.0.0.1",), SERVER_NAME, "Have a certificate issued with the DNS name that clients use.")


def revocation() -> Iterator[Fault]:
    revoked = r"revoked|Revoked"
    no_option = {"go": "crypto/tls reads no CRLs"}

    def revoke(b: Builder, owner: str) -> None:
        one = b.shop.leaf(owner)
        b.present(owner, one, b.shop.intermediate)
        b.revoke(PEER[owner], b.shop.crl(b.shop.intermediate, (one,)))

    yield from owned(
        "{owner}-certificate-revoked", "Revocation", "The {owner}'s certificate stands in the CRL that the {judge} reads.",
        revoke, "certificate-revoked", revoked, ("new certificate|issued|renew|replace",),
        "Find out why it was revoked, make a new key, and have a new certificate issued for the {owner}.", seen=False,
        refused={"faults": (None, "client", "server")},
        cannot={f"go/{side}": why for side in ("client", "server") for why in no_option.values()}, is_quick=True,
        told_by={"java": {"faults": (None, "client", "server"), "rank": 4}})

    def stale(b: Builder, owner: str) -> None:
        b.revoke(PEER[owner], b.shop.crl(b.shop.intermediate, (), (-10, -2)))

    yield from owned(
        "{owner}-crl-stale", "Revocation", "The CRL that the {judge} reads for the {owner}'s issuer is out of date (nextUpdate).",
        stale, "crl-stale", r"CRL has expired|stale|nextUpdate|next update|out of date|CRL.*(expired|old)|Could not determine revocation|outdated|undetermined",
        ("CRL",), "Fetch the current CRL for the {judge}, and have a program fetch it before its nextUpdate.",
        subject=r"CRL|Faults (Beta|Client|Server)", fault="judge", remedy_side="judge", seen=False,
        judging={"certificate": None},
        tolerant={"gnutls/server": "gnutls-serv does not look at its date"},
        refused={"certificate": None, "faults": (None, "client", "server"), "rank": 3, "remedy_sides": ("client", "server", None)},
        told_by={"java": HONEST})


def all() -> Iterator[Fault]:
    yield from names()
    yield from revocation()
