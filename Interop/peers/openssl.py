"""OpenSSL's command line, tried with everything that `openssl_cases` lists for it.

Every row exchanges application data both ways and compares it, or, where the handshake must fail, compares the alert
that one side sends with the diagnosis that the other makes of it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

from cases import CERTIFICATE_GROUPS, GROUPS, SUITES, SUITES_13, Case, Resumption
from child import Child
from openssl_cases import cases

from . import handfast as command
from .judge import check_diagnosis, check_summary, check_trace, event, expect, expect_success
from .openssl_early import refused_by_handfast, refused_by_openssl
from .openssl_sessions import change_keys, exchange, resume
from .peer import Peer, Row
from .programs import first_line, program


class OpenSSL(Peer):
    name = "OpenSSL"

    @classmethod
    def version(cls) -> str:
        return first_line(program("openssl"), "version").split(" (")[0]

    def rows(self) -> Iterator[Row]:
        for case in cases(self.setting.pki):
            yield Row.of(self.name, case, lambda case=case: self._play(case))

    def _play(self, case: Case) -> dict[str, object]:
        trace = command.trace_file(case, self.setting.directory)
        if case.early == "rejected" and trace:
            refused = refused_by_openssl if case.handfast == "client" else refused_by_handfast
            return refused(self, case, trace)
        if case.handfast == "client":
            return self._with_openssl_server(case, trace)
        return self._with_openssl_client(case, trace)

    def _with_openssl_server(self, case: Case, trace: Path | None) -> dict[str, object]:
        with Child(*self.openssl_server(case)) as server:
            port = server.find(r"ACCEPT 127\.0\.0\.1:(\d+)")[1]
            with Child(*self._handfast_client(case, port, trace)) as client:
                if case.refusal:
                    return self._check_refusal(case, client, server)
                if case.early or case.updates == "peer":
                    change_keys(server, client) if case.updates else exchange(server, client, command.EARLY)
                else:
                    reverse(client)
                client.end_input()
                expect_success("handfast", client)
                expect_success("openssl", server)
                facts = self._check_summary(case, client) | check_trace(case, trace)
                if "-rev" in server.command:
                    self._check_openssl(case, server, "client")
                return facts

    def _with_openssl_client(self, case: Case, trace: Path | None) -> dict[str, object]:
        setting = self.setting
        with Child(*self._handfast_server(case, trace)) as server:
            port = server.find(r'"port":(\d+)')[1]
            if case.resumes:
                session = setting.directory / f"session-{port}.pem"
                early = self._early_file() if case.early else None
                resume(self.openssl_client(case, port, "-nocommands"), session, early)
            else:
                with Child(*self.openssl_client(case, port, *client_mode(case))) as client:
                    if case.refusal:
                        return self._check_refusal(case, server, client)
                    client.find("CONNECTION ESTABLISHED")
                    if case.updates == "peer":
                        change_keys(client, client)
                    else:
                        echo(client)
                    client.end_input()
                    expect_success("openssl", client)
                    self._check_openssl(case, client, "server")
            expect_success("handfast", server)
            return self._check_summary(case, server) | check_trace(case, trace)

    # What is started.

    def _handfast_client(self, case: Case, port: str, trace: Path | None) -> list[object]:
        ours = command.client(self.setting.handfast, case, port, self.setting.pki.root, trace)
        return [*ours, *handfast_groups(case)]

    def _handfast_server(self, case: Case, trace: Path | None) -> list[object]:
        ours = command.server(self.setting.handfast, case, self.setting.pki.root, trace)
        return [*ours, *handfast_groups(case)]

    def _early_file(self) -> Path:
        file = self.setting.directory / "early"
        file.write_bytes(command.EARLY)
        return file

    def openssl_server(self, case: Case) -> list[object]:
        server = case.server
        auth: list[object] = []
        if case.client_auth != "none":
            roots = "-CAfile" if case.announces_authorities else "-verifyCAfile"
            verify = "-Verify" if case.client_auth == "required" else "-verify"
            auth = [verify, 4, "-verify_return_error", roots, self.setting.pki.root]
        # With -rev it answers by itself, but takes neither early data nor commands.
        mode = ["-early_data"] if case.early else [] if case.updates == "peer" else ["-rev"]
        return [
            "openssl", "s_server", "-accept", "127.0.0.1:0", "-naccept", 2 if case.resumes else 1, *mode, "-cert",
            server.leaf, "-key", server.key, "-cert_chain", server.issuers, *auth, *openssl_options(case),
        ]

    def openssl_client(self, case: Case, port: str, *mode: str) -> list[object]:
        client = case.client
        own = ["-cert", client.leaf, "-key", client.key, "-cert_chain", client.issuers] if client else []
        return [
            "openssl", "s_client", "-connect", f"127.0.0.1:{port}", *mode, "-servername", case.name, "-verify_hostname",
            case.name, "-CAfile", self.setting.pki.root, "-verify_return_error", *own, *openssl_options(case),
        ]

    # What must come of it.

    def _check_summary(self, case: Case, handfast: Child) -> dict[str, object]:
        facts = check_summary(case, handfast)
        closed = event(handfast, "closed")
        if case.handfast == "server" or not case.early:
            expect("bytes both ways", closed["bytesReceived"], closed["bytesSent"])
        return facts

    def _check_openssl(self, case: Case, openssl: Child, peer: str) -> None:
        openssl.find(rf"Protocol version: {case.version.replace(' ', 'v')}\s")
        if case.suite != "-":
            openssl.find(rf"Ciphersuite: {(SUITES | SUITES_13)[case.suite]}\s")
        if peer == "server":
            openssl.find("Verification: OK")
            openssl.find(f"Peer certificate: CN = {case.server.leaf.stem}\\s")
        elif case.client and case.client_auth != "none":
            openssl.find("Verification: OK")
            openssl.find(f"Peer certificate: CN = {case.client.leaf.stem}\\s")
        else:
            openssl.find("No peer certificate")

    def _check_refusal(self, case: Case, handfast: Child, openssl: Child) -> dict[str, object]:
        assert (refusal := case.refusal)
        expect("exit status of handfast", handfast.exit_status(), refusal.exit_status)
        if openssl.command[1] == "s_client":
            expect("openssl ends with an error", openssl.exit_status() != 0, True)
        failed = event(handfast, "failed")
        error = failed["error"] + (":" + failed["rejection"] if "rejection" in failed else "")
        expect("error", error, refusal.error)
        ours = refusal.error != "alertReceived"
        expect("alert", ALERTS.get(str(failed.get("alertSent" if ours else "alertReceived"))), refusal.alert)
        if refusal.step:
            expect("step", failed.get("step"), refusal.step)
        if refusal.fault:
            expect("fault", failed["diagnosis"]["fault"], refusal.fault)
        check_diagnosis(failed)
        if ours:
            openssl.find(f"SSL alert number {refusal.alert}\\s")
        return {"step": failed["step"]}


def echo(client: Child) -> None:
    data = (secrets.token_hex(20_000) + "\n").encode()
    client.send(data)
    expect("echo", client.receive(len(data)) == data, True)


def reverse(client: Child) -> None:
    """s_server -rev sends lines back, the last letter first."""
    lines = [secrets.token_hex(count) for count in (6_000, 2_500, 50)]
    client.send("".join(line + "\n" for line in lines).encode())
    answer = "".join(line[::-1] + "\n" for line in lines).encode()
    expect("echo", client.receive(len(answer)) == answer, True)


def client_mode(case: Case) -> list[str]:
    """Letters at the beginning of a line are commands, unless it is told that there are none."""
    return ["-brief"] if case.updates == "peer" else ["-brief", "-nocommands"]


def openssl_options(case: Case) -> list[object]:
    options: list[object] = list(case.openssl)
    if case.peer_version and not any(option.startswith("-tls1") for option in case.openssl):
        options.append({"TLS 1.2": "-tls1_2", "TLS 1.3": "-tls1_3"}[case.peer_version])
    if case.suite != "-" and not {"-cipher", "-ciphersuites"} & set(case.openssl):
        options += ["-ciphersuites", SUITES_13[case.suite]] if case.is_13 else ["-cipher", SUITES[case.suite]]
    if "-groups" not in case.openssl:
        options += ["-groups", ":".join(GROUPS[group] for group in openssl_groups(case))]
    if case.resumes == Resumption.SESSION_ID:
        options.append("-no_ticket")
    return options


def openssl_groups(case: Case) -> list[str]:
    if case.peer_groups:
        return list(case.peer_groups)
    # A client sends a key share for the first.
    return preferring("x25519" if case.retries else case.group or "x25519")


def handfast_groups(case: Case) -> list[str]:
    """Only the two defaults together, or what the row says, lead to a retry."""
    if case.retries:
        return []
    return [word for group in preferring(case.group or "x25519") for word in ("--group", group)]


def preferring(group: str) -> list[str]:
    return [group, *(other for other in CERTIFICATE_GROUPS if other != group)]


ALERTS = {
    "handshake_failure": 40, "bad_certificate": 42, "unsupported_certificate": 43, "certificate_expired": 45,
    "unknown_ca": 48, "protocol_version": 70, "certificate_required": 116, "no_application_protocol": 120,
}
