"""GnuTLS's command line."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from cases import Case
from child import Child
from pki import Identity

from .judge import expect
from .peer import MatrixPeer, Refused, Seen, Server
from .programs import first_line, free_port, program

CIPHERS = {
    "AES_128_GCM": "AES-128-GCM", "AES_256_GCM": "AES-256-GCM", "CHACHA20_POLY1305": "CHACHA20-POLY1305",
}


def priorities(suite: str) -> str:
    """GnuTLS puts a suite together from its parts."""
    exchange, cipher = re.fullmatch(r"(\w+)_WITH_(\w+)_SHA\d+", suite).groups()
    return (
        f"NONE:+VERS-TLS1.2:+{CIPHERS[cipher]}:+AEAD:+{exchange.replace('_', '-')}:+SIGN-ALL:+GROUP-ALL:+COMP-NULL:"
        "+CTYPE-X509")


class GnuTLS(MatrixPeer):
    name = "GnuTLS"

    @classmethod
    def version(cls) -> str:
        program("gnutls-serv")
        return first_line(program("gnutls-cli"), "--version")

    @contextmanager
    def server(self, case: Case) -> Iterator[Server]:
        # It listens on all addresses: there is no option for one.
        port = free_port()
        with Child(
            "gnutls-serv", "--echo", "--port", port, "--nodb", "--noticket", "--require-client-cert",
            "--verify-client-cert", *self._options(case, case.server)
        ) as server:
            server.find(rf"listening on IPv4 .* {port}\.\.\.done")
            yield GnuTLSServer(server, port, case)

    def client(self, case: Case, port: str) -> Seen:
        with Child(
            "gnutls-cli", "--port", port, "--sni-hostname", case.name, "--verify-hostname", case.name,
            *self._options(case, case.client), "127.0.0.1"
        ) as client:
            try:
                client.find("Handshake was completed")
            except AssertionError as error:
                raise Refused(str(error)) from None
            data = (secrets.token_hex(2_000) + "\n").encode()
            before = len(client.stdout)
            client.send(data)
            client.find(data.decode().strip())
            client.end_input()
            expect("exit status of gnutls-cli", client.exit_status(), 0)
            expect("its echo", data in client.stdout[before:], True)
            return seen_in(client.text, case)

    def _options(self, case: Case, identity: Identity | None) -> list[object]:
        own = ["--x509certfile", identity.chain, "--x509keyfile", identity.key] if identity else []
        return ["--x509cafile", self.setting.pki.root, "--priority", priorities(case.suite), *own]


class GnuTLSServer(Server):
    def __init__(self, child: Child, port: int, case: Case) -> None:
        self.child = child
        self.port = port
        self.case = case

    def seen(self, handfast: Child) -> Seen:
        self.child.find("Status: The certificate is trusted")
        return seen_in(self.child.text, self.case)


def seen_in(text: str, case: Case) -> Seen:
    """The peer's own certificate comes first in its list."""
    description = re.search(r"- Description: \((TLS1\.2)-X\.509\)-(.*)", text)
    expect("GnuTLS describes TLS 1.2", description is not None, True)
    cipher = CIPHERS[re.search(r"WITH_(\w+)_SHA", case.suite)[1]]
    expect("GnuTLS's cipher", f"({cipher})" in description[2], True)
    expect("GnuTLS's extended master secret", "extended master secret" in text, True)
    return Seen(None, re.search(r"(?m)(?:subject `CN=|Subject: CN=)([^',\s]+)", text)[1], "TLSv1.2")
