"""Client certificates that are not sent, and keys that do not belong to their certificates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from certificates import INTERMEDIATE, ROOT, issue
from fault import SIDES, Builder, Fault

from .certificates import NONE, owned


def absent() -> Iterator[Fault]:
    def none(b: Builder) -> None:
        b.client.chain = b.client.key = None

    yield Fault(
        id="client-certificate-none", theme="Client certificates that are not sent",
        text="The server requires a client certificate; the client has none.", build=none, judge="server",
        fault="client",
        cause="client-certificate-missing", cause_words=NONE, remedy=("certificate",),
        fix="Give the client a certificate and its key, issued by an authority that the server trusts.",
        parameter=None, field_words=r"client.{0,30}certificate|certificate.{0,30}client", remedy_side="client",
        judging={"certificate": None}, refused={"certainties": ("certain", "likely", "possible"), "certificate": None},
        is_quick=True)

    def none_fits(b: Builder) -> None:
        foreign = issue(replace(ROOT, name="Faults Gamma"), None)
        issuer = issue(replace(INTERMEDIATE, name="Faults Delta"), foreign)
        b.present("client", b.shop.leaf("client", issuer), issuer)

    yield Fault(
        id="client-certificate-none-from-authorities", theme="Client certificates that are not sent",
        text="The server names the authorities that it accepts; the client has a certificate from another one only, "
             "and sends none.",
        build=none_fits, judge="server", fault="client", cause="client-certificate-missing", cause_words=NONE,
        remedy=("certificate|authorit|issue",),
        fix="Give the client a certificate from an authority in the server's list; or add its authority there.",
        field_words=r"authorit|CA list|issuer|client.{0,30}certificate|certificate.{0,30}client",
        judging={"certificate": None, "remedy_sides": ("client", "server", None)},
        refused={"certainties": ("certain", "likely", "possible"), "certificate": None,
            "remedy_sides": ("client", "server", None)},
        cannot={
            f"{tool}/client": "it sends its certificate all the same: see client-root-unknown"
            for tool in ("openssl", "curl+nginx", "gnutls", "handfast")
        })

    def wrong_kind(b: Builder) -> None:
        root = issue(replace(ROOT, key="RSA-2048"), None)
        issuer = issue(replace(INTERMEDIATE, key="RSA-2048"), root)
        b.trust_both(root)
        b.present("server", b.shop.leaf("server", issuer, key="RSA-2048"), issuer)
        b.present("client", b.shop.leaf("client", issuer), issuer)
        b.server.schemes = ("rsa_pss_rsae_sha256", "rsa_pkcs1_sha256")

    yield Fault(
        id="client-certificate-wrong-key-type", theme="Client certificates that are not sent",
        text="The server verifies RSA signatures only; the client has a certificate with an ECDSA key only, and "
             "sends none.",
        build=wrong_kind, judge="server", fault="client", cause="client-certificate-missing", cause_words=NONE,
        remedy=("key|signature|scheme|certificate",),
        fix="Give the client a certificate with a key of the kind that the server asks for, or let the server take "
            "ECDSA.",
        field_words=r"signature.?(algorithm|scheme)|client.{0,30}certificate|certificate.{0,30}client|key type",
        judging={"certificate": None, "remedy_sides": ("client", "server", None)},
        refused={
            "causes": ("client-certificate-unfit",), "certainties": ("certain", "likely", "possible"),
            "certificate": None,
            "remedy_sides": ("client", "server", None),
        },
        cannot={"java/server": "its signature schemes hold for its own signatures too"})


def keys() -> Iterator[Fault]:
    def wrong_key(b: Builder, owner: str) -> None:
        one = b.shop.leaf(owner)
        b.present(owner, one, b.shop.intermediate, key=b.shop.leaf(owner))

    why = "it refuses a key that does not belong to the certificate when it starts"
    yield from owned(
        "{owner}-key-of-another-certificate", "Keys",
        "The {owner} signs with a key that does not belong to its certificate.",
        wrong_key, "key-mismatch",
        r"bad signature|wrong signature|invalid signature|signature.*(invalid|failed|not verify)|"
        r"verification failure|ECDSA verification|decrypt.?error|not belong|Invalid (ECDSA|ECDH|certificateverify|"
        r"CertificateVerify)",
        ("key",), "Install the key that the certificate was issued for (compare the public keys), or have a "
                  "certificate issued for this one.",
        cannot={f"{tool}/{side}": why for tool in ("handfast", "openssl", "curl+nginx", "gnutls") for side in SIDES},
        judging={"certainties": ("certain", "likely")}, refused={"faults": (None, "client", "server")})


def faults() -> Iterator[Fault]:
    yield from absent()
    yield from keys()
