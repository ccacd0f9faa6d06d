"""curl as a client, and what it shares with wget."""

from __future__ import annotations

import subprocess
from functools import cached_property

from cases import Case, Resumption
from child import Child
from matrix import Abilities

from .peer import MatrixPeer, Refused, Seen
from .programs import first_line, program


class WebClient(MatrixPeer):
    abilities = Abilities(sides=("server",))

    @cached_property
    def serve_options(self) -> tuple[str, ...]:
        """Without --www, as it was once, there was always a page."""
        helped = subprocess.run(
            [self.setting.handfast, "serve", "--help"], capture_output=True, text=True, timeout=30)
        return ("--www",) if "--www" in helped.stdout else ()


class Curl(WebClient):
    name = "curl"
    abilities = Abilities(sides=("server",), resumes={"server": (Resumption.PSK, Resumption.SESSION_ID)})
    judges_late = frozenset({"wrong name"})

    @classmethod
    def version(cls) -> str:
        words = first_line(program("curl"), "--version").split(" ")
        return " ".join(word for word in words if word[0] != "(" and "/" not in word or word.startswith("OpenSSL/"))

    def client(self, case: Case, port: str) -> Seen:
        own = ["--cert", case.client.chain, "--key", case.client.key] if case.client else []
        with Child(
            "curl", "--silent", "--show-error", "--verbose", "--max-time", 15, "--noproxy", "*", "--resolve",
            f"{case.name}:{port}:127.0.0.1", *self._version(case), "--cacert", self.setting.pki.root, *own,
            *[f"https://{case.name}:{port}/"] * (2 if case.resumes else 1)
        ) as client:
            if client.exit_status() != 0:
                raise Refused(f"curl:\n{client.text}")
            page(client, case)
            version, suite = client.find(r"SSL connection using (\S+) / (\S+)").groups()
            subject = client.find(r"subject: CN=(\S+)")[1]
            client.find("SSL certificate verify ok")
            return Seen(suite, subject, version, "SSL re-using session ID" in client.text)

    def _version(self, case: Case) -> list[str]:
        options = ["--tlsv1.2"]
        if case.peer_version == "TLS 1.2":
            options += ["--tls-max", "1.2"]
        if not case.is_13 and case.suite != "-":
            options += ["--ciphers", self.suites[case.suite]]
        return options


def page(client: Child, case: Case) -> None:
    """Handfast's own page names the client."""
    if case.client and f"CN={case.client.leaf.stem}" not in client.stdout.decode():
        raise AssertionError(f"the page does not name the client:\n{client.text}")
