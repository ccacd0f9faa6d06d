"""GnuTLS's command line."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from cases import Case, Resumption
from child import Child
from matrix import Abilities
from pki import Identity

from .handfast import EARLY
from .judge import expect
from .peer import MatrixPeer, Refused, Seen, Server
from .programs import first_line, free_port, program

CIPHERS = {
    "AES_128_GCM": "AES-128-GCM", "AES_256_GCM": "AES-256-GCM", "CHACHA20_POLY1305": "CHACHA20-POLY1305",
}


GROUPS = {"secp256r1": "SECP256R1", "secp384r1": "SECP384R1", "secp521r1": "SECP521R1", "x25519": "X25519"}


def priorities(case: Case) -> str:
    """In TLS 1.2 GnuTLS puts a suite together from its parts. In 1.3 Handfast's side decides."""
    if case.suite == "-" or case.is_13:
        versions = {"TLS 1.2": ":-VERS-ALL:+VERS-TLS1.2"}.get(case.peer_version or "", "")
        groups = "".join(f":+GROUP-{GROUPS[group]}" for group in case.peer_groups)
        types = ":-CTYPE-ALL:+CTYPE-CLI-RAWPK:+CTYPE-SRV-RAWPK" if case.shows_raw_keys else ""
        return "NORMAL" + versions + (f":-GROUP-ALL{groups}" if groups else "") + types
    exchange, cipher = re.fullmatch(r"(\w+)_WITH_(\w+)_SHA\d+", case.suite).groups()
    tickets = ":%NO_TICKETS" if case.resumes == Resumption.SESSION_ID else ""
    return (
        f"NONE:+VERS-TLS1.2:+{CIPHERS[cipher]}:+AEAD:+{exchange.replace('_', '-')}:+SIGN-ALL:+GROUP-ALL:+COMP-NULL:"
        f"+CTYPE-X509{tickets}")


class GnuTLS(MatrixPeer):
    name = "GnuTLS"
    abilities = Abilities(
        resumes={side: tuple(Resumption) for side in ("client", "server")}, updates=("server",),
        # gnutls-cli loses what does not fit into one record, when its records must be small.
        early=("client", "server"), record_size_limit=("client",), raw_keys=("client", "server"))

    @classmethod
    def version(cls) -> str:
        program("gnutls-serv")
        return first_line(program("gnutls-cli"), "--version")

    @contextmanager
    def server(self, case: Case) -> Iterator[Server]:
        # It listens on all addresses: there is no option for one.
        port = free_port()
        sessions = ["--noticket"] if case.resumes == Resumption.SESSION_ID else ["--nodb"]
        if case.resumes is None:
            sessions.append("--noticket")
        early = ["--earlydata"] if case.early else []
        with Child(
            "gnutls-serv", "--echo", "--port", port, *sessions, *early, "--require-client-cert",
            *([] if case.shows_raw_keys else ["--verify-client-cert"]), *self._options(case, case.server)
        ) as server:
            server.find(rf"listening on IPv4 .* {port}\.\.\.done")
            yield GnuTLSServer(server, port, case)

    def client(self, case: Case, port: str) -> Seen:
        options: list[object] = []
        if case.resumes:
            options.append("--resume")
        if case.resumes == Resumption.PSK:
            options.append("--waitresumption")
        if case.early:
            file = self.setting.directory / f"early-{port}"
            file.write_bytes(EARLY)
            options.append(f"--earlydata={file}")
        if case.updates == "peer":
            options.append("--inline-commands")
        # It judges no bare keys: what it prints is compared.
        judging = ["--no-ca-verification", "--print-cert"] if case.shows_raw_keys else ["--verify-hostname", case.name]
        with Child(
            "gnutls-cli", "--port", port, "--sni-hostname", case.name, *judging, *options,
            *self._options(case, case.client), "127.0.0.1"
        ) as client:
            try:
                client.find("This is a resumed session" if case.resumes else "Handshake was completed")
                client.find("Simple Client Mode")
                # In TLS 1.3 it learns only now that the server refuses its certificate.
                self._talk(client)
            except AssertionError as error:
                raise Refused(str(error)) from None
            if case.updates == "peer":
                client.send(b"^rekey^\n")
                client.find("Rekey was completed")
                self._talk(client)
            client.end_input()
            expect("exit status of gnutls-cli", client.exit_status(), 0)
            return seen_in(client.text, case)

    def _talk(self, client: Child) -> None:
        data = (secrets.token_hex(2_000) + "\n").encode()
        before = len(client.stdout)
        client.send(data)
        client.find(data.decode())
        expect("its echo", data in client.stdout[before:], True)

    def _options(self, case: Case, identity: Identity | None) -> list[object]:
        own: list[object] = []
        if identity and case.shows_raw_keys:
            own = ["--rawpkfile", identity.public_key, "--rawpkkeyfile", identity.key]
        elif identity:
            own = ["--x509certfile", identity.chain, "--x509keyfile", identity.key]
        return ["--x509cafile", self.setting.pki.root, "--priority", priorities(case), *own]


class GnuTLSServer(Server):
    def __init__(self, child: Child, port: int, case: Case) -> None:
        self.child = child
        self.port = port
        self.case = case
        # It echoes the early data as well when that arrives after it has begun to wait for it, and else does not.
        self.may_echo_first = EARLY if case.early else b""

    def seen(self, handfast: Child) -> Seen:
        if not self.case.shows_raw_keys:
            self.child.find("Status: The certificate is trusted")
        return seen_in(self.child.text, self.case)


def seen_in(text: str, case: Case) -> Seen:
    """The peer's own certificate comes first in its list."""
    description = re.search(r"- Description: \((TLS1\.[23])[-)](.*)", text)
    expect("GnuTLS describes the session", description is not None, True)
    version = description[1].replace("TLS", "TLSv")
    if case.suite != "-":
        cipher = CIPHERS[case.suite.split("WITH_")[-1].rpartition("_")[0]]
        expect("GnuTLS's cipher", f"({cipher})" in description[2], True)
    if not case.is_13:
        expect("GnuTLS's extended master secret", "extended master secret" in text, True)
    if case.shows_raw_keys:
        presented = case.client if case.handfast == "client" else case.server
        expect("GnuTLS's peer", presented.public_key.read_text().strip() in text, True)
        return Seen(None, None, version, False)
    subject = re.search(r"(?m)(?:subject `CN=|Subject: CN=)([^',\s]+)", text)[1]
    return Seen(None, subject, version, "This is a resumed session" in text)
