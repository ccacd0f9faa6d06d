"""Servers that are not who the client wants to reach, and certificates that were revoked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from certificates import INTERMEDIATE, SERVER_NAME, issue
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
        id=identifier, theme="Names", text=text, build=build, judge="client", fault=more.pop("fault", "server"),
        cause=cause,
        cause_words=WORDS, remedy=("name|subjectAltName|address",), fix=fix, certificate=("server", 0),
        subjects=("Faults Server", asked.replace(".", r"\.")), remedy_side=None, seen=False,
        judging={"faults": ("server", None), "remedy_sides": ("client", "server", None)},
        refused={"faults": (None, "client", "server"), "rank": 2, "remedy_sides": ("client", "server", None)}, **more)


def names() -> Iterator[Fault]:
    yield named(
        "server-name-wrong", "The server's certificate is for elsewhere.example; the client wants server.example.",
        ("elsewhere.example",), SERVER_NAME,
        "Connect by a name in the certificate, or have one issued with the right name.",
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
        "server-wildcard-too-deep", "The certificate is for *.example; the client wants a.server.example.",
        ("*.example",),
        "a.server.example", "A wildcard stands for one label: have the name itself, or *.server.example, certified.")
    yield named(
        "server-wildcard-of-itself", "The certificate is for *.server.example; the client wants server.example.",
        ("*.server.example",), SERVER_NAME, "A wildcard does not cover the name above it: have both certified.")
    yield named(
        "server-wildcard-partial", "The certificate is for ser*.example; the client wants server.example.",
        ("ser*.example",),
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
        "server-name-for-address-certificate",
        "The certificate is for the address 127.0.0.1 only; the client wants server.example.",
        ("127.0.0.1",), SERVER_NAME, "Have a certificate issued with the DNS name that clients use.")


def revocation() -> Iterator[Fault]:
    no_lists = {"go/{judge}": "crypto/tls reads no CRLs"}
    anybody = ("client", "server", None)

    def revoke(b: Builder, owner: str) -> None:
        one = b.shop.leaf(owner)
        b.present(owner, one, b.shop.intermediate)
        b.revoke(PEER[owner], b.shop.crl(b.shop.intermediate, (one,)), b.shop.crl(b.shop.root))

    yield from owned(
        "{owner}-certificate-revoked", "Revocation",
        "The {owner}'s certificate stands in the CRL that the {judge} reads.",
        revoke, "certificate-revoked", r"revoked", ("new certificate|new one|issued|renew|replace",),
        "Find out why it was revoked, make a new key, and have a new certificate issued for the {owner}.", seen=False,
        refused={"faults": (None, "client", "server"), "remedy_sides": anybody}, cannot=no_lists, is_quick=True,
        told_by={"java": {"faults": (None, "client", "server"), "rank": 4, "remedy_sides": anybody}})

    def revoke_intermediate(b: Builder, owner: str) -> None:
        issuer = issue(replace(INTERMEDIATE, name=f"Faults {owner.title()} Beta"), b.shop.root)
        b.present(owner, b.shop.leaf(owner, issuer), issuer)
        b.revoke(PEER[owner], b.shop.crl(b.shop.root, (issuer,)), b.shop.crl(issuer), b.shop.crl(b.shop.intermediate))

    leaf_only = "it is told to ask for the leaf only, as most are"
    yield from owned(
        "{owner}-intermediate-revoked", "Revocation", "The {owner}'s intermediate stands in the CRL of the root.",
        revoke_intermediate,
        "certificate-revoked", r"revoked", ("issued|replace|intermediate|authority",),
        "Have the {owner}'s certificate issued anew, by an authority that still stands.", position=1,
        subject="Faults (Client|Server) Beta", seen=False,
        refused={"certificate": None, "faults": (None, "client", "server"), "remedy_sides": anybody},
        cannot=no_lists | {"openssl/{judge}": leaf_only, "java/{judge}": leaf_only})

    def stale(b: Builder, owner: str) -> None:
        b.revoke(PEER[owner], b.shop.crl(b.shop.intermediate, (), (-10, -2)), b.shop.crl(b.shop.root))

    whose = {"certificate": None, "faults": (None, "client", "server"), "rank": 3, "remedy_sides": anybody}
    yield from owned(
        "{owner}-crl-stale", "Revocation",
        "The CRL that the {judge} reads for the {owner}'s issuer is out of date (nextUpdate).",
        stale, "revocation-stale",
        r"CRL has expired|stale|nextUpdate|next update|out of date|CRL.*(expired|old)|Could not determine revocation|"
        r"outdated|undetermined",
        ("CRL|list",), "Fetch the current CRL for the {judge}, and have a program fetch it before its nextUpdate.",
        subject=r"CRL|Faults (Beta|Client|Server)", fault="judge", remedy_side="judge", seen=False,
        judging={"certificate": None}, told_by={"java": HONEST}, cannot=no_lists,
        # OpenSSL says certificate_expired, and means the list; Handfast says certificate_unknown, whatever is with it.
        refused=whose | {"causes": ("revocation-stale", "revocation-unknown")},
        tolerant={"gnutls/server": "gnutls-serv does not look at its date"})

    def without(b: Builder, owner: str) -> None:
        b.revoke(PEER[owner], b.shop.crl(b.shop.root))

    yield from owned(
        "{owner}-crl-of-issuer-missing", "Revocation",
        "The {judge} has the root's CRL, but none of the {owner}'s issuer.", without,
        "revocation-unknown", r"unable to get certificate CRL|No CRL|no (revocation )?list|no CRL|"
                              r"Could not determine revocation|undetermined",
        ("CRL|list",), "Give the {judge} the CRL of every authority on the path, or let it accept where nobody knows.",
        subject=r"CRL|list|Faults (Beta|Client|Server)", fault="judge", remedy_side="judge", seen=False,
        judging={"certificate": None}, refused=whose, told_by={"java": HONEST}, cannot=no_lists,
        tolerant={"gnutls": "GnuTLS lets pass what no list speaks of"})


def stapled() -> Iterator[Fault]:
    others = {
        "go/client": "it leaves stapled responses to the program", "java": "not tried", "gnutls": "not tried",
        "curl+nginx": "not tried",
    }
    passes = {"openssl": "s_client prints the response, and does not judge it"}

    def staple(b: Builder, response) -> None:
        one = b.shop.leaf("server")
        b.present("server", one, b.shop.intermediate)
        b.server.staple = b.shop.file("status.der", response(b, one))
        b.client.asks_status = True

    yield Fault(
        id="server-certificate-revoked-by-staple", theme="Revocation",
        text="The server staples an OCSP response that says its certificate is revoked.",
        build=lambda b: staple(b, lambda b, one: b.shop.status(one, revoked=True)), judge="client", fault="server",
        cause="certificate-revoked", cause_words="revoked", remedy=("new certificate|new one|issued|renew|replace",),
        fix="Find out why it was revoked, make a new key, and have a new certificate issued.",
        certificate=("server", 0), subjects=("Faults Server",), seen=False, tolerant=passes, cannot=others,
        refused={"faults": (None, "client", "server"), "remedy_sides": ("client", "server", None)})
    yield Fault(
        id="server-staple-of-another-certificate", theme="Revocation",
        text="The server staples an OCSP response that is about another certificate, which is revoked.",
        build=lambda b: staple(b, lambda b, one: b.shop.status(b.shop.leaf("server"), revoked=True)), judge="client",
        fault=None, kind="success", cause="", cause_words="", remedy=(), fix="", warning="OCSP|staple|status",
        cannot=others | {"openssl/client": "see the other"})


def faults() -> Iterator[Fault]:
    yield from names()
    yield from revocation()
    yield from stapled()
