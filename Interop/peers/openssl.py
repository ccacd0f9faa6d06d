"""OpenSSL's command line, tried with everything that `cases` lists for it.

Every row exchanges application data both ways and compares it, or, where the handshake must fail, compares the alert
that one side sends with the diagnosis that the other makes of it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator

from cases import CERTIFICATE_GROUPS, GROUPS, KEY_TRANSPORT, SUITES, Case, cases
from child import Child
from pki import Identity

from .judge import event, expect, expect_success
from .peer import Peer, Row
from .programs import first_line, program


class OpenSSL(Peer):
    name = "OpenSSL"

    @classmethod
    def version(cls) -> str:
        return first_line(program("openssl"), "version").split(" (")[0]

    def rows(self) -> Iterator[Row]:
        for case in cases(self.setting.pki):
            yield Row(
                self.name, f"handfast {case.handfast}", case.title, case.suite, case.certificate,
                lambda case=case: self._play(case), "-" if case.suite in KEY_TRANSPORT else case.group,
                case.client_auth)

    def _play(self, case: Case) -> None:
        if case.handfast == "client":
            self._with_openssl_server(case)
        else:
            self._with_openssl_client(case)

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
            self.setting.handfast, "connect", f"127.0.0.1:{port}", "--server-name", case.name, "--ca",
            self.setting.pki.root, "--close-at-end", *self._handfast_options(case, case.client),
        ]

    def _handfast_server(self, case: Case) -> list[object]:
        auth: list[object] = []
        if case.client_auth != "none":
            flag = "--require-client-cert" if case.client_auth == "required" else "--optional-client-cert"
            auth = ["--client-ca", self.setting.pki.root, flag]
        return [
            self.setting.handfast, "serve", "--port", 0, "--once", "--echo", *auth,
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
            auth = [verify, 4, "-verify_return_error", roots, self.setting.pki.root]
        return [
            "openssl", "s_server", "-accept", "127.0.0.1:0", "-naccept", 1, "-rev", "-cert", server.leaf, "-key",
            server.key, "-cert_chain", server.issuers, *auth, *self._openssl_options(case),
        ]

    def _openssl_client(self, case: Case, port: str) -> list[object]:
        client = case.client
        own = ["-cert", client.leaf, "-key", client.key, "-cert_chain", client.issuers] if client else []
        return [
            "openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-brief", "-nocommands", "-servername", case.name,
            "-verify_hostname", case.name, "-CAfile", self.setting.pki.root, "-verify_return_error", *own,
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
