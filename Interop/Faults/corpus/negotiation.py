"""Two hellos that do not come together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from certificates import INTERMEDIATE, ROOT, issue
from fault import BOTH, HONEST, SIDES, Builder, Fault

from .certificates import PEER

THEME = "What the two sides have in common"
ANY = ("client", "server", None)
GCM128, GCM256 = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"
RSA_GCM128, RSA_GCM256 = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"
CBC = "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"
TRANSPORT = "TLS_RSA_WITH_AES_128_GCM_SHA256"
VERSION = r"protocol.?version|unsupported protocol|versions?|no protocols available|wrong version"
VERSION_CAUSE = (
    r"protocol.?version|unsupported protocol|unsupported versions|no protocols available|no version|version selected|"
    r"unsupported TLS version|chose TLS 1\.[01]|HandshakeException: .*version")
SUITE = r"cipher.?suites?|ciphers?\b"
SUITE_CAUSE = (
    r"no shared cipher|no cipher suites? (supported|in common)|no mutually supported|no suite|no cipher suite|"
    r"cipher suites in common|"
    r"offers no cipher suite|few cipher suites|no common cipher|unsupported cipher|No supported cipher|"
    r"cipher suites? that")
GROUP = r"key exchanges|groups?\b|curves?\b|key.?share"
GROUP_CAUSE = (
    r"no suitable key share|no key exchanges supported|no supported group|no ECDHE curve|no common group|"
    r"unsupported elliptic|offers no group|"
    r"no mutually supported group|few groups|no suitable groups|illegal.parameter.*group|unexpected group|no group|"
    r"no shared group")


def disagreement(
    identifier: str, text: str, build, cause: str, words: str, parameter: str, field: str, remedy: tuple[str, ...],
    fix: str,
    judge: str | None = "server", versions: tuple[str, ...] = BOTH, **more
) -> Fault:
    """Neither is wrong for itself: to change either side helps."""
    judging = {"faults": ANY, "remedy_sides": ANY} | more.pop("judging", {})
    refused = {"faults": ANY, "remedy_sides": ANY, "rank": 2} | more.pop("refused", {})
    return Fault(
        id=identifier, theme=THEME, text=text, build=build, judge=judge, fault=None, cause=cause, cause_words=words,
        remedy=remedy, fix=fix, versions=versions, parameter=parameter, field_words=field, seen=False, judging=judging,
        refused=refused, **more)


def versions() -> Iterator[Fault]:
    for own, other in (("1.2", "1.3"), ("1.3", "1.2")):
        def build(b: Builder, own=own, other=other) -> None:
            b.client.versions, b.server.versions = (own,), (other,)

        yield disagreement(
            f"version-client-{own}-server-{other}", f"The client speaks TLS {own} only, the server TLS {other} only.",
            build,
            "version-not-shared", VERSION_CAUSE, "supported_versions", VERSION,
            ("1\\.[23]|version",), "Enable a version on both sides; TLS 1.3 and 1.2 on each is best.", versions=(own,),
            is_quick=own == "1.2")


    for owner in SIDES:
        def old(b: Builder, owner=owner) -> None:
            b.side(owner).versions = ("1.1",)
            b.side(PEER[owner]).versions = BOTH

        yield Fault(
            id=f"version-{owner}-1.1-only", theme=THEME, text=f"The {owner} speaks TLS 1.1 only.", build=old,
            judge="server", fault=owner, cause="version-not-shared", cause_words=VERSION_CAUSE,
            remedy=(r"1\.[23]|version",), fix=f"Update the {owner}'s TLS software, or enable TLS 1.3 and 1.2 there.",
            versions=("1.2",), parameter="supported_versions", field_words=VERSION, seen=False,
            judging={"faults": ANY, "remedy_sides": ANY}, refused={"faults": ANY, "remedy_sides": ANY},
            cannot={
                f"handfast/{owner}": "it has no TLS 1.1", "java": "this version has it disabled",
                "curl+nginx": "not tried",
            })


def suites() -> Iterator[Fault]:
    def disjoint(b: Builder) -> None:
        pair = (GCM128, GCM256) if b.version == "1.2" else ("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384")
        b.client.suites, b.server.suites = (pair[0],), (pair[1],)

    yield disagreement(
        "suites-disjoint", "The client offers one cipher suite, the server has enabled another one only.", disjoint,
        "cipher-suite-not-shared", SUITE_CAUSE, "cipher_suites", SUITE, ("suite",),
        "Enable a cipher suite on both sides: leave the defaults as they are, if nobody demands otherwise.",
        is_quick=True)

    def rsa_server(b: Builder) -> None:
        root = issue(replace(ROOT, key="RSA-2048"), None)
        issuer = issue(replace(INTERMEDIATE, key="RSA-2048"), root)
        b.trust_both(root)
        b.present("server", b.shop.leaf("server", issuer, key="RSA-2048"), issuer)
        b.present("client", b.shop.leaf("client", issuer), issuer)
        b.client.suites = (GCM128, GCM256)

    yield disagreement(
        "suites-not-for-the-certificate", "The client offers suites for ECDSA only; the server has an RSA certificate.",
        rsa_server, "server-certificate-unfit", SUITE_CAUSE + r"|certificates? fits|none of this server's",
        "cipher_suites|signature_algorithms", SUITE + r"|certificate",
        ("certificate|suite|key",),
        "Enable ECDHE_RSA suites on the client, or give the server an ECDSA certificate as well.",
        versions=(
            "1.2",), refused={"causes": ("server-certificate-unfit", "cipher-suite-not-shared", "nothing-shared")})
    for owner in SIDES:
        def cbc(b: Builder, owner=owner) -> None:
            b.side(owner).suites = (CBC,)
            b.side(PEER[owner]).suites = (GCM128, GCM256)

        yield disagreement(
            f"suites-{owner}-cbc-only", f"The {owner} knows CBC suites only.", cbc, "cipher-suite-not-shared",
            SUITE_CAUSE,
            "cipher_suites", SUITE, ("suite|GCM",), f"Enable an AES-GCM suite on the {owner}.", versions=("1.2",),
            cannot={f"handfast/{owner}": "it has no CBC suites", "gnutls": "not tried"})

        def transport(b: Builder, owner=owner) -> None:
            root = issue(replace(ROOT, key="RSA-2048"), None)
            issuer = issue(replace(INTERMEDIATE, key="RSA-2048"), root)
            b.trust_both(root)
            usage = ("digital_signature", "key_encipherment")
            b.present("server", b.shop.leaf("server", issuer, key="RSA-2048", usage=usage), issuer)
            b.present("client", b.shop.leaf("client", issuer), issuer)
            b.side(owner).suites = (TRANSPORT,)
            b.side(owner).key_transport = True
            b.side(PEER[owner]).suites = (RSA_GCM128, RSA_GCM256)

        yield disagreement(
            f"suites-{owner}-rsa-key-exchange-only", f"The {owner} knows RSA key exchange only (no ECDHE).", transport,
            "cipher-suite-not-shared", SUITE_CAUSE, "cipher_suites", SUITE, ("ECDHE|suite",),
            f"Enable ECDHE suites on the {owner}: RSA key exchange has no forward secrecy (RFC 10015).",
            versions=("1.2",),
            cannot={f"java/{owner}": "this version has it disabled", "gnutls": "not tried"})


    def nothing(b: Builder) -> None:
        b.server.chain = b.server.key = None

    yield disagreement(
        "server-without-certificate", "The server has no certificate at all.", nothing, "server-certificate-missing",
        SUITE_CAUSE + r"|no suitable signature|neither Certificates|no certificates? configured|nothing to agree on",
        "", SUITE + "|certificate", ("certificate|suite",), "Give the server a certificate and its key.",
        refused={"causes": ("nothing-shared", "server-certificate-missing", "server-certificate-unfit"), "rank": 3},
        # Go says that it does not know the name, OpenSSL that it speaks no TLS 1.3.
        told_by={
            "go": {"causes": ("server-name-unknown",)}, "openssl/client/1.3": HONEST | {"certainties": ("likely",)},
        },
        cannot={"handfast/server": "it does not start without", "curl+nginx": "it does not start without"})


def groups() -> Iterator[Fault]:
    def disjoint(b: Builder) -> None:
        b.client.groups, b.server.groups = ("P-384",), ("P-521",)

    yield disagreement(
        "groups-disjoint", "The client offers one group for the key exchange, the server has enabled another one only.",
        disjoint, "group-not-shared", GROUP_CAUSE + "|" + SUITE_CAUSE, "supported_groups", GROUP, ("group",),
        "Enable a group on both sides; x25519 and P-256 are understood everywhere.", is_quick=True)

    def hybrid(b: Builder) -> None:
        b.client.groups = ("X25519MLKEM768",)
        b.server.groups = ("x25519", "P-256")

    yield disagreement(
        "groups-client-hybrid-only",
        "The client offers hybrid key exchange only (X25519MLKEM768); the server has none.", hybrid,
        "group-not-shared", GROUP_CAUSE, "supported_groups", GROUP, ("group",),
        "Let the client offer x25519 or P-256 besides, or update the server.", versions=("1.3",),
        cannot={f"{tool}/client": "this version has no ML-KEM" for tool in ("openssl", "java", "gnutls", "curl+nginx")})


def others() -> Iterator[Fault]:
    def schemes(b: Builder) -> None:
        b.client.schemes = ("rsa_pss_rsae_sha256", "rsa_pkcs1_sha256")

    yield disagreement(
        "signature-schemes-disjoint", "The client verifies RSA signatures only; the server has an ECDSA certificate.",
        schemes,
        "signature-scheme-not-shared",
        r"no (suitable|shared|common|supported) signature|signature algorithm|no shared cipher|unsupported signature|"
        r"unsupported certificate|verifies no signature|no certificate|none of this server's|fits any|"
        r"No available authentication scheme|no cipher",
        "signature_algorithms", r"signature.?(algorithm|scheme)s?|authentication scheme",
        ("signature|certificate|key",),
        "Let the client verify ECDSA signatures, or give the server an RSA certificate as well.",
        judging={"causes": ("signature-scheme-not-shared", "server-certificate-unfit")},
        cannot={"java/client": "it needs ECDSA for its own certificate"})

    def protocols(b: Builder) -> None:
        b.client.protocols, b.server.protocols = ("h2",), ("http/1.1",)

    yield disagreement(
        "application-protocols-disjoint", "The client speaks h2 only (ALPN), the server http/1.1 only.", protocols,
        "application-protocol-not-shared",
        r"no.?application.?protocol|No (matching|mutually).*protocol|unsupported application protocol|"
        r"none of the application|no application protocol", "application_layer_protocol_negotiation",
        r"ALPN|application.?protocols?", ("protocol",),
        "Let the lists of application protocols have a name in common.", is_quick=True)

    def unknown_name(b: Builder) -> None:
        b.present("server", b.shop.leaf("server", names=("known.example",)), b.shop.intermediate)
        b.server.knows = "known.example"

    yield Fault(
        id="server-name-unknown", theme="Names",
        text="The client asks for server.example (SNI); the server serves known.example only, and refuses others.",
        build=unknown_name, judge="server", fault=None, cause="server-name-unknown",
        cause_words=r"unrecognized.?name|Unrecognized server name|no certificate for|unknown server name|not serve|"
                    r"asked for|ssl_client_hello|callback failed|server name",
        remedy=("name",), fix="Connect by a name that the server knows, or give the server a certificate for this one.",
        parameter="server_name", field_words=r"server.?name|unrecognized.?name|server\.example|SNI", seen=False,
        judging={"faults": ANY, "remedy_sides": ANY, "certificate": None},
        refused={"faults": ANY, "remedy_sides": ANY, "rank": 1},
        told_by={"go": HONEST | {"faults": (None, "server"), "certainties": ("likely", "possible")}}, is_quick=True,
        cannot={"handfast/server": "it answers with the certificate that it has"})
    for owner in SIDES:
        def without(b: Builder, owner=owner) -> None:
            b.side(owner).extended_master_secret = False

        yield Fault(
            id=f"extended-master-secret-{owner}-without", theme=THEME,
            text=f"The {owner} does not know extended_master_secret, which the other side requires.", build=without,
            judge="client" if owner == "server" else "server", fault=owner, cause="extended-master-secret-missing",
            cause_words=r"extended.?master.?secret", remedy=("update|extended.?master.?secret",),
            fix=f"Update the {owner}'s TLS software; until then let the other side only prefer extended_master_secret.",
            versions=("1.2",), parameter="extended.?master.?secret", field_words=r"extended.?master.?secret",
            seen=False,
            judging={"remedy_sides": ANY},
            tolerant={tool: "it does not require extended_master_secret" for tool in ("openssl", "go", "java", "gnutls",
                    "curl+nginx")},
            cannot={f"openssl/{owner}": "this version's commands cannot switch it off", f"gnutls/{owner}": "not tried",
                f"curl+nginx/{owner}": "not tried"})


def faults() -> Iterator[Fault]:
    yield from versions()
    yield from suites()
    yield from groups()
    yield from others()
