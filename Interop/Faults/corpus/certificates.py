"""Certificates that must be refused, on either side: dates, paths, purposes and algorithms."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from certificates import INTERMEDIATE, ROOT, Template, issue
from fault import HONEST, SIDES, Builder, Fault

PEER = {"client": "server", "server": "client"}
SUBJECTS = {("client", 0): "Faults Client", ("server", 0): "Faults Server"}


def owned(
    name: str, theme: str, text: str, build: Callable[[Builder, str], None], cause: str, words: str,
    remedy: tuple[str, ...], fix: str, position: int | None = 0, subject: str | None = None,
    fault: str | None = "owner",
    remedy_side: str | None = "owner", sides: tuple[str, ...] = SIDES, **more
) -> Iterator[Fault]:
    """The same fault of the client's certificate and of the server's. "owner" and "judge" stand for sides, and {owner}
    and {judge} in texts."""
    withheld = more.pop("is_withheld", False)
    for owner in sides:
        roles = {"owner": owner, "judge": PEER[owner], None: None}
        told_by = {
            key.removeprefix(f"{owner}:"): value for key, value in more.get("told_by", {}).items()
            if not key.startswith(f"{PEER[owner]}:")
        }
        if withheld and owner == "client":
            told_by = WITHHELD | told_by
            more = more | {"field_words": r"client.{0,30}certificate|certificate.{0,30}client"}
        cannot = {
            key.format(**roles).removeprefix(f"{owner}:"): value for key, value in more.get("cannot", {}).items()
            if not key.startswith(f"{PEER[owner]}:")
        }
        yield Fault(
            id=name.format(owner=owner), theme=theme, text=text.format(**roles), build=lambda b, o=owner: build(b, o),
            judge=PEER[owner], fault=roles[fault], cause=cause,
            cause_words=f"{words}|{NONE}" if withheld and owner == "client" else words, remedy=remedy,
            fix=fix.format(**roles), certificate=(owner, position),
            subjects=(subject or SUBJECTS.get((owner, position), "Faults Beta"),),
            remedy_side=roles[remedy_side], **(more | {"told_by": told_by, "cannot": cannot}))


NONE = (
    r"did not return a certificate|didn't provide a certificate|no (client )?certificate|certificate.required|"
    r"Empty (client|server) certificate|sent none|none was sent|not among the authorities|"
    r"sent no required SSL certificate|"
    r"without a certificate|client-certificate-(missing|unfit)")
# A client whose chain leads to none of the authorities that the server names keeps its certificate to itself.
# OpenSSL's, curl's and GnuTLS's send it all the same.
NONE_CAME = {
    "causes": ("client-certificate-missing",), "faults": ("client",), "certificate": None, "remedy": ("certificate",),
    "remedy_sides": ("client", "server", None),
}
WITHHELD = {
    "handfast/server": NONE_CAME, "go/server": NONE_CAME, "java/server": NONE_CAME,
    "any/client": {
        "causes": ("client-certificate-unfit",), "faults": ("client", None),
        "certainties": ("certain", "likely", "possible"),
        "certificate": None, "parameter": None, "remedy": ("issue|authorit|intermediate|root",),
        "remedy_sides": ("client", "server", None), "rank": 1,
    },
}


def leaf(b: Builder, owner: str, **changes) -> None:
    b.present(owner, b.shop.leaf(owner, **changes), b.shop.intermediate)


def under(b: Builder, owner: str, template: Template, **changes) -> None:
    """A leaf under an intermediate made to the template, which is sent along."""
    issuer = issue(replace(template, name=template.name.replace("Faults", f"Faults {owner.title()}")), b.shop.root)
    b.present(owner, b.shop.leaf(owner, issuer, **changes), issuer)


def dates() -> Iterator[Fault]:
    expired = r"expired|notAfter=|\bNotAfter: [A-Z][a-z]{2} [A-Z]"
    early = r"not yet (been )?valid|valid (only )?from|not-yet-valid|NotYetValid|notBefore=|not yet activated"
    yield from owned(
        "{owner}-certificate-expired", "Dates", "The {owner}'s certificate expired yesterday.",
        lambda b, o: leaf(b, o, days=(-30, -1)), "certificate-expired", expired, ("renew",),
        "Renew the {owner}'s certificate, and have it renewed by a program before it expires again.", is_quick=True)
    yield from owned(
        "{owner}-certificate-not-yet-valid", "Dates", "The {owner}'s certificate is valid from tomorrow on.",
        lambda b, o: leaf(b, o, days=(1, 30)), "certificate-not-yet-valid", early, ("clock|wait",),
        "Set the clocks of both sides and of the issuer by NTP; if they are right, wait.", fault=None, remedy_side=None,
        refused={"faults": ("client", "server", None), "remedy_sides": ("client", "server", None)},
        judging={"faults": ("client", "server", None), "remedy_sides": ("client", "server", None)})
    yield from owned(
        "{owner}-intermediate-expired", "Dates",
        "The {owner}'s certificate is good; its intermediate expired yesterday.",
        lambda b, o: under(b, o, replace(INTERMEDIATE, days=(-30, -1))), "certificate-expired", expired,
        ("intermediate|renew|replace",), "Have the {owner} send its authority's current intermediate.", position=1,
        subject="Faults (Client|Server) Beta")

    def root(b: Builder, owner: str) -> None:
        old = issue(replace(ROOT, name="Faults Old Alpha", days=(-300, -1)), None)
        issuer = issue(INTERMEDIATE, old)
        b.trust(PEER[owner], old)
        b.present(owner, b.shop.leaf(owner, issuer), issuer)

    yield from owned(
        "{owner}-root-expired", "Dates",
        "The root that the {judge} trusts, above the {owner}'s chain, expired yesterday.",
        root, "certificate-expired", expired, ("root",),
        "Give the {judge} the authority's current root, and have the {owner}'s certificate issued under it.",
        position=None, subject="Faults Old Alpha", fault="judge", remedy_side="judge", seen=False,
        told_by={"go": HONEST},
        refused={"certificate": None, "faults": (None, "client", "server"), "rank": 3},
        tolerant={
            "java": "Java does not look at the dates of roots",
        })


def paths() -> Iterator[Fault]:
    unknown = (
        r"unable to get (local )?issuer|unknown.ca|unknown certificate authority|unknown CA|unknown authority|"
        r"unable to find valid certification path|"
        r"unknown issuer|issuer is unknown|no fitting issuer|not known|is not trusted|self-signed certificate in "
        r"certificate chain|unable to verify the first certificate|certificate authority is unknown")
    yield from owned(
        "{owner}-intermediate-missing", "Paths to the root",
        "The {owner} sends its certificate without the intermediate.",
        lambda b, o: b.present(o, b.shop.leaf(o)), "intermediate-missing",
        unknown + r"|intermediate|incomplete", ("send|install|add", "intermediate"),
        "Put the intermediate behind the {owner}'s own certificate, in the same file.", is_quick=True,
        judging={"certainties": ("certain", "likely")},
        refused={"faults": ("client", "server", None), "remedy_sides": ("client", "server", None)}, is_withheld=True)

    def wrong_intermediate(b: Builder, owner: str) -> None:
        other = issue(replace(INTERMEDIATE, name="Faults Other Beta"), b.shop.root)
        b.present(owner, b.shop.leaf(owner), other)

    yield from owned(
        "{owner}-intermediate-wrong", "Paths to the root", "The {owner} sends another authority's intermediate.",
        wrong_intermediate, "intermediate-missing", unknown + r"|intermediate|does not belong",
        ("send|install|add|replace", "intermediate"),
        "Send the intermediate that issued the {owner}'s certificate: its subject is the certificate's issuer.",
        judging={"certainties": ("certain", "likely")},
        refused={"faults": ("client", "server", None), "remedy_sides": ("client", "server", None)},
        # Go's client looks for an authority's name anywhere in its chain, and finds it.
        told_by={"client:go/server": {"certainties": ("certain", "likely")}}, is_withheld=True)

    def unknown_root(b: Builder, owner: str) -> None:
        foreign = issue(replace(ROOT, name="Faults Gamma"), None)
        issuer = issue(replace(INTERMEDIATE, name="Faults Delta"), foreign)
        b.present(owner, b.shop.leaf(owner, issuer), issuer)

    yield from owned(
        "{owner}-root-unknown", "Paths to the root",
        "The {owner}'s certificate comes from a root that the {judge} does not trust.",
        unknown_root, "issuer-unknown", unknown, ("root|issued|authorit",),
        "Add the root to those that the {judge} trusts, or have the {owner} use a certificate from one of them.",
        position=None, subject="Faults (Gamma|Delta)", fault=None, remedy_side=None, is_quick=True,
        judging={"certificate": None, "remedy_sides": ("client", "server", None)},
        refused={"certificate": None, "faults": (None, "client", "server"), "rank": 2}, is_withheld=True)

    def namesake(b: Builder, owner: str) -> None:
        twin = issue(ROOT, None)
        issuer = issue(INTERMEDIATE, twin)
        b.present(owner, b.shop.leaf(owner, issuer), issuer)

    yield from owned(
        "{owner}-root-namesake", "Paths to the root",
        "The {owner}'s root was made anew: the {judge} trusts the old one, of the same name with another key.",
        namesake,
        "issuer-namesake", unknown + r"|same name|another key|signature failure|"
                                     r"parent certificate cannot be verified|verification failure",
        ("fingerprint|root",),
        "Compare the fingerprints of the root on both sides; give the {judge} the one that issued the {owner}'s "
        "certificate.",
        position=None, subject="Faults Alpha", fault=None, remedy_side=None, seen=False,
        judging={"certificate": None, "remedy_sides": ("client", "server", None)},
        refused={
            "causes": ("issuer-namesake", "issuer-unknown"), "certificate": None, "faults": (None, "client", "server"),
            "rank": 3,
        })

    def self_signed(b: Builder, owner: str) -> None:
        from certificates import LEAF
        b.present(owner, issue(LEAF[owner], None))

    yield from owned(
        "{owner}-certificate-self-signed", "Paths to the root", "The {owner}'s certificate is signed with its own key.",
        self_signed, "certificate-self-signed", unknown + r"|self.signed", ("trust|issued|authorit",),
        "Have the certificate issued by an authority; or let the {judge} trust this very certificate.", fault=None,
        remedy_side=None, judging={"remedy_sides": ("client", "server", None)},
        refused={"faults": (None, "client", "server")}, is_withheld=True)

    def not_ca(b: Builder, owner: str) -> None:
        issuer = issue(Template("Faults Epsilon", eku=("clientAuth", "serverAuth")), b.shop.root)
        b.present(owner, b.shop.leaf(owner, issuer), issuer)

    yield from owned(
        "{owner}-issuer-not-ca", "Paths to the root",
        "The {owner}'s certificate was issued by one that is no authority's.",
        not_ca, "issuer-not-authority",
        r"invalid CA|not a CA|cannot sign|no authority|CA: ?true|not authorized to sign|basicConstraints|"
        r"basic constraints|not signed by a CA|invalid purpose|issuer is not a CA|key usage",
        ("authority|CA",), "Have the {owner}'s certificate issued by a certificate with CA: true in basicConstraints.",
        position=1, subject="Faults Epsilon", judging={"certificate": None}, refused={"certificate": None})

    def path_length(b: Builder, owner: str) -> None:
        upper = issue(replace(INTERMEDIATE, name="Faults Upper Beta", path_length=0), b.shop.root)
        lower = issue(replace(INTERMEDIATE, name="Faults Lower Beta"), upper)
        b.present(owner, b.shop.leaf(owner, lower), lower, upper)

    yield from owned(
        "{owner}-path-length-exceeded", "Paths to the root",
        "There are two intermediates in the {owner}'s chain, but the upper one may have none below it "
        "(pathLenConstraint 0).",
        path_length, "path-length-exceeded", r"path.?length|pathlen|too many intermediates|path len",
        ("authority|issue",), "Have the {owner}'s certificate issued by the upper intermediate, or that one without "
                              "the limit.",
        position=2, subject="Faults (Upper|Lower) Beta", judging={"certificate": None},
        refused={"certificate": None})

    def constrained(b: Builder, owner: str) -> None:
        template = replace(INTERMEDIATE, name="Faults Constrained Beta", permitted=("inside.example",))
        under(b, owner, template, names=("server.example",) if owner == "server" else ("outside.example",))

    yield from owned(
        "{owner}-name-constraint", "Paths to the root",
        "The {owner}'s intermediate may only certify names under inside.example; its certificate has another.",
        constrained,
        "name-constraint-violated", r"permitted subtree|name constraint|not permitted|NameConstraint", ("name",),
        "Have the {owner}'s certificate issued by an authority that may certify its names.",
        subject="Faults (Client|Server|(Client |Server )?Constrained Beta)", judging={"certificate": None},
        refused={"certificate": None})

    yield from owned(
        "{owner}-critical-extension", "Paths to the root",
        "The {owner}'s certificate has a critical extension that nobody knows (1.3.6.1.4.1.99999.1).",
        lambda b, o: leaf(b, o, critical="1.3.6.1.4.1.99999.1"), "critical-extension-unknown", r"critical extension",
        ("critical|extension",), "Have the {owner}'s certificate issued without that extension, or with it marked as "
                                 "not critical.")

    def damaged(b: Builder, owner: str) -> None:
        b.present(owner, b.shop.leaf(owner).damaged(), b.shop.intermediate)

    yield from owned(
        "{owner}-certificate-damaged", "Paths to the root",
        "A bit of the signature under the {owner}'s certificate is wrong.", damaged, "chain-signature-invalid",
        r"not made with the key|signature failure|signature check failed|verification failure|bad signature|"
        r"does not verify|not verify|invalid signature|decrypt error|does not match|signature .*(wrong|invalid)|"
        r"ECDSA verification",
        ("install|issue|copy",), "Install the {owner}'s certificate again, as it was issued.")

    def too_long(b: Builder, owner: str) -> None:
        chain = [b.shop.root]
        for number in range(1, 13):
            chain.append(issue(replace(INTERMEDIATE, name=f"Faults Beta {number}"), chain[-1]))
        b.present(owner, b.shop.leaf(owner, chain[-1]), *reversed(chain[1:]))

    yield from owned(
        "{owner}-chain-too-long", "Paths to the root", "There are twelve intermediates in the {owner}'s chain.",
        too_long,
        "chain-too-long", r"chain.*(too long|exceed)|(too|how) (long|many).*(chain|certificates)|at most \d+|"
                          r"certificates; at most",
        ("intermediate|limit",), "Shorten the hierarchy: one or two intermediates do; or raise the limit of the "
                                 "{judge}.",
        subject="chain", refused={"certificate": None, "rank": 3}, judging={"certificate": None},
        tolerant={
            "openssl": "OpenSSL takes up to 100", "go": "Go has no such limit",
            "gnutls/client": "gnutls-cli takes up to 16",
            "curl+nginx/client": "curl leaves it to OpenSSL",
        })


def usages() -> Iterator[Fault]:
    purpose = (
        r"purpose|extended ?key ?usage|EKU|incompatible key usage|Extended key usage|key usage violation|"
        r"clientAuth|serverAuth")
    yield from owned(
        "{owner}-certificate-wrong-purpose", "Purposes and algorithms",
        "The {owner} uses a certificate that is for the other role (extendedKeyUsage).",
        lambda b, o: leaf(b, o, eku=(f"{PEER[o]}Auth",)), "purpose-wrong", purpose,
        ("(client|server)Auth",), "Have a certificate issued with extendedKeyUsage {owner}Auth.", is_quick=True,
        tolerant={"gnutls/server": "gnutls-serv does not look at it"})
    yield from owned(
        "{owner}-certificate-code-signing", "Purposes and algorithms",
        "The {owner} uses a certificate that is for signing code only (extendedKeyUsage).",
        lambda b, o: leaf(b, o, eku=("codeSigning",)), "purpose-wrong", purpose,
        ("(client|server)Auth",), "Have a certificate issued with extendedKeyUsage {owner}Auth.",
        tolerant={"gnutls/server": "gnutls-serv does not look at it"})
    yield from owned(
        "{owner}-certificate-key-usage", "Purposes and algorithms",
        "The {owner}'s certificate may not sign: keyUsage lacks digitalSignature.",
        lambda b, o: leaf(b, o, usage=("key_agreement",)), "key-usage-wrong",
        r"key.?usage|KeyUsage|digitalSignature|digital signature|unsuitable certificate purpose|"
        r"unsupported certificate", ("digitalSignature|key ?usage",),
        "Have a certificate issued with keyUsage digitalSignature.",
        tolerant={
            "go": "Go does not look at keyUsage", "openssl/server": "OpenSSL takes keyAgreement from clients as well",
            "openssl/1.3": "OpenSSL looks at it in TLS 1.2 only", "curl+nginx/server": "nginx leaves it to OpenSSL",
            "curl+nginx/1.3": "curl leaves it to OpenSSL",
        },
        cannot={"server:openssl/server/1.2": "it knows that this certificate may not sign, and has none then"})

    def sha1(b: Builder, owner: str) -> None:
        root = issue(replace(ROOT, key="RSA-2048"), None)
        issuer = issue(replace(INTERMEDIATE, key="RSA-2048"), root)
        b.trust_both(root)
        other = PEER[owner]
        b.present(other, b.shop.leaf(other, issuer), issuer)
        b.present(owner, b.shop.leaf(owner, issuer, sha1=True, key="RSA-2048"), issuer)

    yield from owned(
        "{owner}-certificate-sha1", "Purposes and algorithms", "The {owner}'s certificate is signed with SHA-1.", sha1,
        "signature-weak", r"SHA-?1|md too weak|insecure algorithm|weak|InsecureAlgorithm|algorithm constraints",
        ("SHA-256",),
        "Have the certificate issued anew, signed with SHA-256.",
        tolerant={"java": "Java forbids SHA-1 under its own roots only"},
        cannot={
            "openssl/{owner}": "it does not load such a certificate",
            "curl+nginx/{owner}": "they do not load such a certificate",
            "java/{owner}": "it does not use such a certificate",
        })
    yield from owned(
        "{owner}-certificate-rsa-1024", "Purposes and algorithms",
        "The key in the {owner}'s certificate is RSA with 1024 bits.",
        lambda b, o: leaf(b, o, key="RSA-1024"), "key-weak",
        r"key too (small|weak|short)|1024|too small|weak key|algorithm constraints",
        ("2048|P-256",), "Make a new key, ECDSA P-256 or RSA with at least 2048 bits, and have a certificate issued "
                         "for it.",
        tolerant={"java": "Java takes 1024 bits", "go": "Go takes 1024 bits", "gnutls": "GnuTLS takes 1024 bits"},
        cannot={
            "handfast/{owner}": "it does not load such a key", "openssl/{owner}": "it does not load such a key",
            "curl+nginx/{owner}": "they do not load such a key",
        })


def faults() -> Iterator[Fault]:
    yield from dates()
    yield from paths()
    yield from usages()
