#!/usr/bin/env python3
"""Holds `handfast check` and `handfast pki show` to what is known: OpenSSL servers and clients that are told what to
accept, and `openssl verify`'s word on the same certificates.

Prints a table. Ends with status 1 if a row fails.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cases import SUITES, SUITES_13
from child import Child
from pki import PKI, SERVER_NAME, Identity

ECDSA = "ECDSA-P256"


@dataclass(frozen=True)
class ServerCase:
    title: str
    server: Identity
    options: list[str]
    """What `openssl s_server` is told beside the certificate."""
    status: int
    client: list[Identity] = field(default_factory=list)
    suites: list[str] = field(default_factory=list)
    """Of TLS 1.2, like the groups."""
    groups: list[str] = field(default_factory=list)
    suites_13: list[str] = field(default_factory=list)
    groups_13: list[str] = field(default_factory=list)
    protocols: list[str] = field(default_factory=list)
    asking: list[str] = field(default_factory=list)
    """More for handfast."""
    versions: list[str] = field(default_factory=lambda: ["TLS 1.2"])
    asks: bool = False
    ruled_out: list[str | None] = field(default_factory=list)
    need: str | None = None
    """What the first thing that is needed must contain."""


def server_cases(pki: PKI) -> Iterator[ServerCase]:
    ecdsa, rsa = pki.leaf("server", ECDSA), pki.leaf("server", "RSA-2048")
    client = pki.leaf("client", ECDSA)
    demand = ["-Verify", "4", "-verify_return_error", "-CAfile", str(pki.root)]
    invite = ["-verify", "4", "-verify_return_error", "-CAfile", str(pki.root)]
    all_ecdsa = [suite for suite in SUITES if "ECDSA" in suite]
    all_13 = [*SUITES_13]
    only12 = ["-tls1_2"]
    yield ServerCase(
        "one suite, two groups, one protocol", ecdsa,
        [*only12, *demand, "-cipher", "ECDHE-ECDSA-AES256-GCM-SHA384", "-groups", "P-384:P-256", "-alpn", "h2"], 0,
        client=[client], suites=["ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"], groups=["secp384r1", "secp256r1"],
        protocols=["h2"], asks=True, ruled_out=[None])
    yield ServerCase(
        "RSA, with key transport", rsa,
        [
            *only12, *demand, "-cipher", "ECDHE-RSA-CHACHA20-POLY1305:AES128-GCM-SHA256", "-groups",
            "X25519:P-521:P-256",
        ], 0, client=[pki.leaf("client", "RSA-2048")],
        suites=["ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "RSA_WITH_AES_128_GCM_SHA256"],
        groups=["x25519", "secp521r1", "secp256r1"], asks=True, ruled_out=[None])
    yield ServerCase(
        "key transport preferred", rsa,
        [*only12, "-serverpref", "-cipher", "AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256", "-groups", "P-521"], 11,
        suites=["RSA_WITH_AES_256_GCM_SHA384", "ECDHE_RSA_WITH_AES_128_GCM_SHA256"], groups=["secp521r1"],
        need="does not")
    yield ServerCase(
        "TLS 1.3 beside 1.2", ecdsa, [*demand, "-groups", "X25519:P-256"], 0, client=[client], suites=all_ecdsa,
        groups=["x25519", "secp256r1"], suites_13=all_13, groups_13=["x25519", "secp256r1"],
        versions=["TLS 1.2", "TLS 1.3"], asks=True, ruled_out=[None])
    yield from server_cases_13(pki)
    yield ServerCase(
        "no suite of ours", ecdsa, [*only12, "-cipher", "ECDHE-ECDSA-AES128-SHA"], 11,
        need="TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA")
    yield ServerCase(
        "nobody is asked", ecdsa, [*only12, "-groups", "X25519:P-256"], 11, client=[client], suites=all_ecdsa,
        groups=["x25519", "secp256r1"], need="does not")
    yield ServerCase(
        "asked, none given", ecdsa, [*only12, *invite, "-groups", "P-256"], 11, suites=all_ecdsa, groups=["secp256r1"],
        asks=True, need="A client certificate")
    yield ServerCase(
        "a stranger, then the right one", ecdsa, [*only12, *demand, "-groups", "P-256"], 0,
        client=[pki.stranger("client"), client], suites=all_ecdsa, groups=["secp256r1"], asks=True,
        ruled_out=["is not among the authorities", None])
    yield ServerCase(
        "an expired client", ecdsa, [*only12, *demand, "-groups", "P-256"], 11, client=[pki.expired("client")],
        suites=all_ecdsa, groups=["secp256r1"], asks=True, ruled_out=[None], need="expired")
    yield ServerCase(
        "a server's certificate as a client's", ecdsa, [*only12, *demand, "-groups", "P-256"], 11,
        client=[pki.wrong_usage("client")], suites=all_ecdsa, groups=["secp256r1"], asks=True, ruled_out=[None],
        need="clientAuth")
    yield ServerCase(
        "an expired server", pki.expired("server"), [*only12, *demand, "-groups", "P-256"], 10, client=[client],
        suites=all_ecdsa, groups=["secp256r1"], asks=True, ruled_out=[None], need="expired")
    yield ServerCase(
        "a stranger as the server", pki.stranger("server"), [*only12, *demand, "-groups", "P-256"], 10, client=[client],
        suites=all_ecdsa, groups=["secp256r1"], asks=True, ruled_out=[None], need="trusted here")


def server_cases_13(pki: PKI) -> Iterator[ServerCase]:
    """Servers that speak TLS 1.3 only. They refuse a client's certificate after the handshake."""
    ecdsa, client = pki.leaf("server", ECDSA), pki.leaf("client", ECDSA)
    only13 = ["-tls1_3", "-groups", "P-384:P-256"]
    demand = [*only13, "-Verify", "4", "-verify_return_error", "-CAfile", str(pki.root)]
    common = {"suites_13": [*SUITES_13], "groups_13": ["secp384r1", "secp256r1"], "versions": ["TLS 1.3"]}
    yield ServerCase("TLS 1.3: nobody is asked", ecdsa, only13, 11, need="does not", **common)
    yield ServerCase(
        "TLS 1.3: a client that fits", ecdsa, demand, 0, client=[client], asks=True, ruled_out=[None], **common)
    yield ServerCase(
        "TLS 1.3: RSA, one suite, one protocol", pki.leaf("server", "RSA-2048"),
        [*demand, "-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256", "-alpn", "h2"], 0, client=[client], asks=True,
        protocols=["h2"], asking=["--alpn", "h2"], ruled_out=[None], **{**common, "suites_13": ["CHACHA20_POLY1305_SHA256"]})
    yield ServerCase(
        "TLS 1.3: asked, none given", ecdsa, demand, 11, asks=True, need="A client certificate", **common)
    yield ServerCase(
        "TLS 1.3: a stranger, then the right one", ecdsa, demand, 0, client=[pki.stranger("client"), client], asks=True,
        ruled_out=["is not among the authorities", None], **common)
    yield ServerCase(
        "TLS 1.3: an expired client", ecdsa, demand, 11, client=[pki.expired("client")], asks=True, ruled_out=[None],
        need="expired", **common)
    yield ServerCase(
        "TLS 1.3: an expired server", pki.expired("server"), demand, 10, client=[client], asks=True, ruled_out=[None],
        need="expired", **common)


def own(identities: list[Identity]) -> list[object]:
    return [word for one in identities for word in ("--cert", one.chain, "--key", one.key)]


def check_server(handfast: Path, pki: PKI, case: ServerCase) -> None:
    server = Child(
        "openssl", "s_server", "-accept", "127.0.0.1:0", "-rev", "-cert", case.server.leaf, "-key", case.server.key,
        "-cert_chain", case.server.issuers, *case.options)
    with server:
        port = server.find(r"ACCEPT 127\.0\.0\.1:(\d+)")[1]
        status, report = run_json(
            handfast, "check", f"127.0.0.1:{port}", "--server-name", SERVER_NAME, "--ca", pki.root, "--json",
            "--seconds", 15, *case.asking, *own(case.client))
    expect("exit status", status, case.status)
    expect("versions", sorted(row["version"] for row in report["versions"] if row["accepted"]), sorted(case.versions))
    for version, suites, groups in (("", case.suites, case.groups), ("13", case.suites_13, case.groups_13)):
        found = [name.removeprefix("TLS_") for name in accepted(report, f"cipherSuites{version}")]
        expect(f"suites{version}", sorted(found), sorted(suites))
        expect(f"groups{version}", sorted(accepted(report, f"groups{version}")), sorted(groups))
    expect("protocols", report["applicationProtocols"]["accepted"], case.protocols)
    expect("asks for a certificate", "certificateRequest" in report, case.asks)
    reasons = [row.get("ruledOut") for row in report["candidates"]]
    expect("number of candidates", len(reasons), len(case.ruled_out))
    for reason, wanted in zip(reasons, case.ruled_out):
        if (wanted is None) != (reason is None) or (wanted and wanted not in reason):
            raise AssertionError(f"ruled out by {reason!r}, expected {wanted!r}")
    expect("works", report["works"], case.status == 0)
    if case.need and not any(case.need in need for need in report["needs"]):
        raise AssertionError(f"needs {report['needs']}, expected {case.need!r}")


def accepted(report: dict, what: str) -> list[str]:
    return report.get(what, {}).get("accepted", [])


@dataclass(frozen=True)
class ClientCase:
    title: str
    client: Identity | None
    options: list[str]
    status: int
    need: str | None = None


def client_cases(pki: PKI) -> Iterator[ClientCase]:
    yield ClientCase("a client that fits", pki.leaf("client", ECDSA), ["-tls1_2"], 0)
    yield ClientCase("an RSA client that fits", pki.leaf("client", "RSA-2048"), ["-tls1_2", "-alpn", "h2"], 0)
    yield ClientCase("no certificate", None, ["-tls1_2"], 10, "sent none")
    yield ClientCase("an expired client", pki.expired("client"), ["-tls1_2"], 10, "expired")
    yield ClientCase("a stranger", pki.stranger("client"), ["-tls1_2"], 10, "trusted here")
    yield ClientCase("TLS 1.3: a client that fits", pki.leaf("client", ECDSA), ["-tls1_3"], 0)
    yield ClientCase("TLS 1.3: P-384 only", pki.leaf("client", "RSA-2048"), ["-tls1_3", "-groups", "P-384"], 0)
    yield ClientCase("TLS 1.3: no certificate", None, ["-tls1_3"], 10, "sent none")
    yield ClientCase("TLS 1.3: an expired client", pki.expired("client"), ["-tls1_3"], 10, "expired")
    yield ClientCase("TLS 1.1 only", None, ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"], 10, "TLS 1.3 or 1.2")
    yield ClientCase("no suite in common", None, ["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA"], 10, "suite")


def check_client(handfast: Path, pki: PKI, case: ClientCase) -> None:
    server = pki.leaf("server", ECDSA)
    client = case.client
    mine = ["-cert", client.leaf, "-key", client.key, "-cert_chain", client.issuers] if client else []
    with Child(
        handfast, "check", "--as-server", "127.0.0.1:0", "--ca", pki.root, "--json", "--seconds", 30, *own([server])
    ) as watch:
        port = watch.find(r"listening on 127\.0\.0\.1:(\d+)")[1]
        with Child(
            "openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-servername", SERVER_NAME, "-CAfile", pki.root,
            *mine, *case.options
        ) as connection:
            status = watch.exit_status()
            connection.end_input()
    report = json.loads(watch.stdout)
    expect("exit status", status, case.status)
    expect("server_name", report["offer"]["serverName"], SERVER_NAME)
    if case.status == 0:
        expect("proved", report["provedKey"], True)
    if case.need and not any(case.need in need for need in report["needs"]):
        raise AssertionError(f"needs {report['needs']}, expected {case.need!r}")


def show_cases(pki: PKI) -> Iterator[tuple[str, Identity]]:
    for role in ("server", "client"):
        for kind in ("ECDSA-P256", "ECDSA-P521", "RSA-3072", "Ed25519"):
            yield f"{role}, {kind}", pki.leaf(role, kind)
        yield f"{role}, expired", pki.expired(role)
        yield f"{role}, stranger", pki.stranger(role)


def check_show(handfast: Path, pki: PKI, identity: Identity) -> None:
    """Both must say the same of each purpose. OpenSSL looks at no names without being told one."""
    status, report = run_json(
        handfast, "pki", "show", identity.chain, "--key", identity.key, "--ca", pki.root, "--json")
    expect("exit status", status, 0)
    fits = {use["role"]: use["fits"] for use in report["uses"]}
    for role, purpose, extra in (
        ("server", "sslserver", ["-verify_hostname", SERVER_NAME]), ("client", "sslclient", [])
    ):
        verified = subprocess.run(
            ["openssl", "verify", "-purpose", purpose, *extra, "-CAfile", pki.root, "-untrusted", identity.issuers,
             identity.leaf], capture_output=True)
        expect(f"fits as {role}", fits[role], verified.returncode == 0)
    expect("key belongs", [key.get("belongs") for key in report["keys"]], [True])


def run_json(*command: object) -> tuple[int, dict]:
    result = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=60)
    if not result.stdout:
        raise AssertionError(f"exit status {result.returncode}, no output: {result.stderr.strip()}")
    return result.returncode, json.loads(result.stdout)


def expect(what: str, got: object, wanted: object) -> None:
    if got != wanted:
        raise AssertionError(f"{what}: {got!r}, expected {wanted!r}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--handfast", type=Path, default=Path(".build/release/handfast"))
    arguments = parser.parse_args()
    if not shutil.which("openssl"):
        print("check.py: openssl is missing", file=sys.stderr)
        return 2
    handfast = arguments.handfast.resolve()
    failures = 0
    with tempfile.TemporaryDirectory() as directory:
        pki = PKI(Path(directory))
        rows: list[tuple[str, str, Callable[[], None]]] = []
        for case in server_cases(pki):
            rows.append(("check", case.title, lambda case=case: check_server(handfast, pki, case)))
        for case in client_cases(pki):
            rows.append(("check --as-server", case.title, lambda case=case: check_client(handfast, pki, case)))
        for title, identity in show_cases(pki):
            rows.append(("pki show", title, lambda identity=identity: check_show(handfast, pki, identity)))
        for command, title, row in rows:
            try:
                row()
                result = "ok"
            except Exception as error:  # A row that cannot be run is a row that fails.
                result = f"FAILED  {error}"
                failures += 1
            print(f"{command:18} {title:40} {result}")
    print(f"{len(rows) - failures} of {len(rows)} as they should be")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
