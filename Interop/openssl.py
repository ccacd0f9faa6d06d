#!/usr/bin/env python3
"""Makes `handfast` and OpenSSL shake hands in TLS 1.2, each as client and as server, and prints a table.

Every row exchanges application data both ways and compares it, or, where the handshake must fail, compares the alert that
one side sends with the diagnosis that the other makes of it. Ends with status 1 if a row fails, 2 if openssl is missing.
"""

from __future__ import annotations

import argparse
import itertools
import json
import platform
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from child import Child
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
SOME_SUITE = "ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"
SOME_KIND = "ECDSA-P256"


@dataclass(frozen=True)
class Refusal:
    """How a handshake must fail: Handfast's exit status and error, and the alert's number."""

    exit_status: int
    error: str
    alert: int
    fault: str | None = None
    """Whose set-up Handfast must find wrong."""
    openssl_says: str | None = None
    """What OpenSSL's output must contain; by default the number of the alert, when it is the one that is told."""


def refused(error: str, alert: int, fault: str | None = None) -> Refusal:
    """Handfast refuses OpenSSL."""
    return Refusal(10, error, alert, fault)


def told(alert: int, fault: str | None = None) -> Refusal:
    """OpenSSL refuses Handfast."""
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


@dataclass(frozen=True)
class Result:
    case: Case
    problem: str | None
    seconds: float

    def row(self) -> dict[str, object]:
        case = self.case
        return {
            "peer": "openssl", "direction": f"handfast {case.handfast}", "case": case.title, "suite": case.suite,
            "group": "-" if case.suite in KEY_TRANSPORT else case.group, "certificate": case.certificate,
            "client auth": case.client_auth, "result": "FAILED" if self.problem else "ok",
        }


def cases(pki: PKI) -> Iterator[Case]:
    yield from handshakes(pki)
    for side in ("client", "server"):
        yield from variations(pki, side)
    yield from refusals_by_handfast_server(pki)
    yield from refusals_by_openssl_client(pki)
    yield from refusals_by_openssl_server(pki)
    yield from refusals_by_handfast_client(pki)


def handshakes(pki: PKI) -> Iterator[Case]:
    """Every suite, with every kind of server certificate that fits, in every group. The client's certificate is of another
    kind in each row."""
    kinds = itertools.cycle(KEY_KINDS)
    for side, suite, kind, group in itertools.product(("client", "server"), SUITES, KEY_KINDS, GROUPS):
        if kind.startswith("RSA") != ("ECDSA" not in suite):
            continue
        if suite in KEY_TRANSPORT and group != "x25519":
            continue
        client = next(kinds)
        transport = suite in KEY_TRANSPORT
        yield Case(
            "RSA key transport" if transport else "handshake", side, pki.leaf("server", kind),
            pki.leaf("client", client), f"{kind} / {client}", suite=suite, group=group,
            options=("--allow-rsa-key-transport",) if transport else ())


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


class Runner:
    def __init__(self, handfast: Path, pki: PKI) -> None:
        self.handfast = handfast
        self.pki = pki

    def run(self, case: Case) -> Result:
        start = time.monotonic()
        try:
            if case.handfast == "client":
                self._with_openssl_server(case)
            else:
                self._with_openssl_client(case)
            problem = None
        except Exception as error:  # A row that cannot be run is a row that fails.
            problem = str(error) or repr(error)
        return Result(case, problem, time.monotonic() - start)

    def _with_openssl_server(self, case: Case) -> None:
        with Child(*self._openssl_server(case)) as server:
            port = server.find(r"ACCEPT 127\.0\.0\.1:(\d+)")[1]
            with Child(*self._handfast_client(case, port)) as client:
                if case.refusal:
                    self._check_refusal(case, client, server)
                    return
                lines = [secrets.token_hex(count) for count in (6_000, 2_500, 50)]
                client.send("".join(line + "\n" for line in lines).encode())
                answer = "".join(line[::-1] + "\n" for line in lines).encode()
                received = client.receive(len(answer))
                client.end_input()
                expect_success("handfast", client)
                expect("echo", received == answer, True)
                expect_success("openssl", server)
                self._check_summary(case, client)
                self._check_openssl(case, server, "client")

    def _with_openssl_client(self, case: Case) -> None:
        with Child(*self._handfast_server(case)) as server:
            port = server.find(r'"port":(\d+)')[1]
            with Child(*self._openssl_client(case, port)) as client:
                if case.refusal:
                    self._check_refusal(case, server, client)
                    return
                data = (secrets.token_hex(20_000) + "\n").encode()
                client.find("CONNECTION ESTABLISHED")
                client.send(data)
                received = client.receive(len(data))
                client.end_input()
                expect_success("openssl", client)
                expect("echo", received == data, True)
                expect_success("handfast", server)
                self._check_summary(case, server)
                self._check_openssl(case, client, "server")

    # What is started.

    def _handfast_client(self, case: Case, port: str) -> list[object]:
        return [
            self.handfast, "connect", f"127.0.0.1:{port}", "--server-name", case.name, "--ca", self.pki.root,
            "--close-at-end", *self._handfast_options(case, case.client),
        ]

    def _handfast_server(self, case: Case) -> list[object]:
        auth: list[object] = []
        if case.client_auth != "none":
            flag = "--require-client-cert" if case.client_auth == "required" else "--optional-client-cert"
            auth = ["--client-ca", self.pki.root, flag]
        return [
            self.handfast, "serve", "--port", 0, "--once", "--echo", *auth,
            *self._handfast_options(case, case.server),
        ]

    def _handfast_options(self, case: Case, identity: Identity | None) -> list[object]:
        own = ["--cert", identity.chain, "--key", identity.key] if identity else []
        groups = [word for group in preferring(case.group) for word in ("--group", group)]
        return [*own, "--suite", case.suite, *groups, "--summary", "json", *case.options]

    def _openssl_server(self, case: Case) -> list[object]:
        server = case.server
        auth: list[object] = []
        if case.client_auth != "none":
            roots = "-CAfile" if case.announces_authorities else "-verifyCAfile"
            verify = "-Verify" if case.client_auth == "required" else "-verify"
            auth = [verify, 4, "-verify_return_error", roots, self.pki.root]
        return [
            "openssl", "s_server", "-accept", "127.0.0.1:0", "-naccept", 1, "-rev", "-cert", server.leaf, "-key",
            server.key, "-cert_chain", server.issuers, *auth, *self._openssl_options(case),
        ]

    def _openssl_client(self, case: Case, port: str) -> list[object]:
        client = case.client
        own = ["-cert", client.leaf, "-key", client.key, "-cert_chain", client.issuers] if client else []
        return [
            "openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-brief", "-nocommands", "-servername", case.name,
            "-verify_hostname", case.name, "-CAfile", self.pki.root, "-verify_return_error", *own,
            *self._openssl_options(case),
        ]

    def _openssl_options(self, case: Case) -> list[object]:
        options: list[object] = list(case.openssl)
        if not any(option.startswith("-tls1") for option in case.openssl):
            options.append("-tls1_2")
        if "-cipher" not in case.openssl:
            options += ["-cipher", SUITES[case.suite]]
        if "-groups" not in case.openssl:
            options += ["-groups", ":".join(GROUPS[group] for group in preferring(case.group))]
        return options

    # What must come of it.

    def _check_summary(self, case: Case, handfast: Child) -> None:
        summary = event(handfast, "connected")
        transport = case.suite in KEY_TRANSPORT
        wanted: dict[str, object] = {
            "version": "TLS 1.2", "cipherSuite": f"TLS_{case.suite}", "group": None if transport else case.group,
            "extendedMasterSecret": True, "secureRenegotiation": True, "applicationProtocol": None,
            "maxFragmentLength": None, **case.facts,
        }
        for name, value in wanted.items():
            expect(name, summary.get(name), value)
        authenticates = case.client is not None and case.client_auth != "none"
        expect("client signs", summary.get("clientSignatureScheme") is not None, authenticates)
        expect("server signs", summary.get("serverSignatureScheme") is not None, not transport)
        peer = case.server if case.handfast == "client" else case.client if authenticates else None
        expect("peer", summary.get("peer"), f"CN={peer.leaf.stem}" if peer else None)
        closed = event(handfast, "closed")
        expect("bytes both ways", closed["bytesReceived"], closed["bytesSent"])

    def _check_openssl(self, case: Case, openssl: Child, peer: str) -> None:
        openssl.find(r"Protocol version: TLSv1\.2\s")
        openssl.find(rf"Ciphersuite: {SUITES[case.suite]}\s")
        if peer == "server":
            openssl.find("Verification: OK")
            openssl.find(f"Peer certificate: CN = {case.server.leaf.stem}\\s")
        elif case.client and case.client_auth != "none":
            openssl.find("Verification: OK")
            openssl.find(f"Peer certificate: CN = {case.client.leaf.stem}\\s")
        else:
            openssl.find("No peer certificate")

    def _check_refusal(self, case: Case, handfast: Child, openssl: Child) -> None:
        assert (refusal := case.refusal)
        expect("exit status of handfast", handfast.exit_status(), refusal.exit_status)
        if openssl.command[1] == "s_client":
            expect("openssl ends with an error", openssl.exit_status() != 0, True)
        failed = event(handfast, "failed")
        error = failed["error"] + (":" + failed["rejection"] if "rejection" in failed else "")
        expect("error", error, refusal.error)
        ours = refusal.error != "alertReceived"
        expect("alert", ALERTS.get(str(failed.get("alertSent" if ours else "alertReceived"))), refusal.alert)
        if refusal.fault:
            expect("fault", failed.get("fault"), refusal.fault)
        expect("an explanation and a remedy", bool(failed.get("detail") and failed.get("remedy")), True)
        if ours:
            openssl.find(f"SSL alert number {refusal.alert}\\s")


def preferring(group: str) -> list[str]:
    return [group, *(other for other in CERTIFICATE_GROUPS if other != group)]


ALERTS = {
    "handshake_failure": 40, "bad_certificate": 42, "unsupported_certificate": 43, "certificate_expired": 45,
    "unknown_ca": 48, "protocol_version": 70, "no_application_protocol": 120,
}


def event(handfast: Child, name: str) -> dict:
    for line in handfast.stderr.splitlines():
        if line.startswith("{") and (found := json.loads(line))["event"] == name:
            return found
    raise AssertionError(f"handfast reports no '{name}':\n{handfast.stderr}")


def expect(what: str, got: object, wanted: object) -> None:
    if got != wanted:
        raise AssertionError(f"{what}: {got!r} instead of {wanted!r}")


def expect_success(what: str, child: Child) -> None:
    if (status := child.exit_status()) != 0:
        raise AssertionError(f"{what} ends with status {status}:\n{child.stderr}")


def table(rows: list[dict[str, object]]) -> str:
    columns = list(rows[0])
    widths = [max(len(str(row[column])) for row in [*rows, dict(zip(columns, columns))]) for column in columns]
    lines = [[*columns], ["-" * width for width in widths], *([row[column] for column in columns] for row in rows)]
    return "\n".join("  ".join(str(cell).ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines)


def version_of(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    return done.stdout.strip().splitlines()[0] if done.returncode == 0 and done.stdout.strip() else "unknown"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--handfast", type=Path, required=True, help="the handfast to test")
    parser.add_argument("--json", type=Path, help="write versions and rows to this file")
    parser.add_argument("--only", help="run only the rows whose title contains this")
    parser.add_argument("--workers", type=int, default=3, help="rows that run at the same time")
    arguments = parser.parse_args()
    if not shutil.which("openssl"):
        print("openssl is missing: install it (apt-get install openssl)", file=sys.stderr)
        return 2
    versions = {
        "openssl": version_of("openssl", "version"), "handfast": version_of(str(arguments.handfast), "--version"),
        "python": platform.python_version(), "system": platform.platform(),
    }
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="handfast-interop-") as directory:
        pki = PKI(Path(directory))
        runner = Runner(arguments.handfast.resolve(), pki)
        chosen = [case for case in cases(pki) if arguments.only is None or arguments.only in case.title]
        with ThreadPoolExecutor(arguments.workers) as pool:
            results = list(pool.map(runner.run, chosen))
    failed = [result for result in results if result.problem]
    if results:
        print(table([result.row() for result in results]))
    for result in failed:
        print(f"\n{result.row()}\n{result.problem}", file=sys.stderr)
    print(
        f"\n{versions['openssl']}: {len(results)} rows, {len(failed)} failed, {time.monotonic() - start:.0f} s",
        flush=True)
    if arguments.json:
        rows = [{**result.row(), "problem": result.problem, "seconds": round(result.seconds, 3)} for result in results]
        arguments.json.write_text(json.dumps({"versions": versions, "rows": rows}, indent=2) + "\n")
    return 1 if failed or not results else 0


if __name__ == "__main__":
    sys.exit(main())
