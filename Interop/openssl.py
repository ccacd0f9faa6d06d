#!/usr/bin/env python3
"""Makes `handfast` and OpenSSL shake hands in TLS 1.2, each as client and as server, and prints a table.

Every row exchanges application data both ways and compares it, or, where the handshake must fail, compares the alert that
one side sends with the diagnosis that the other makes of it. Ends with status 1 if a row fails, 2 if openssl is missing.
"""

from __future__ import annotations

import argparse
import json
import platform
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from cases import CERTIFICATE_GROUPS, GROUPS, KEY_TRANSPORT, SUITES, Case, cases
from child import Child
from pki import PKI, Identity


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
        "handfast": version_of("git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty"),
        "openssl": version_of("openssl", "version"), "python": platform.python_version(), "system": platform.platform(),
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
    for result in failed[:20]:
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
