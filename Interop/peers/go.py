"""Go's crypto/tls."""

from __future__ import annotations

import itertools
import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from cases import SOME_SUITE, SOME_SUITE_13, Case, Resumption, refused, told
from matrix import BOTH, Abilities
from pki import Identity

from .agent import AGENTS, INSTALLED, AgentPeer
from .iana import IANA
from .peer import Row, Setting
from .programs import Missing, first_line, program

GO = INSTALLED / "python" / "go" / "bin" / "go"
ENVIRONMENT = {**os.environ, "GOCACHE": str(INSTALLED / "go-cache"), "GOFLAGS": "", "CGO_ENABLED": "0"}
KINDS = ["ML-DSA-44", "ML-DSA-65", "ML-DSA-87"]


class Go(AgentPeer):
    name = "Go"
    suites = IANA
    abilities = Abilities(
        hybrids=("X25519MLKEM768", "SecP256r1MLKEM768"),
        resumes={side: (Resumption.PSK, Resumption.TICKET) for side in ("client", "server")})

    @classmethod
    def version(cls) -> str:
        return first_line(program(GO, "go"), "version")

    def command(self) -> list[object]:
        agent = INSTALLED / "go-agent"
        built = subprocess.run(
            [program(GO, "go"), "build", "-o", agent, AGENTS / "agent.go"], capture_output=True, text=True, timeout=300,
            env=ENVIRONMENT)
        if built.returncode != 0:
            raise Missing(f"the agent does not build:\n{built.stderr}")
        return [agent]


class GoMLDSA(Go):
    """Go with certificates whose every key is ML-DSA: TLS 1.3 only, each strength on either side."""

    name = "Go (ML-DSA)"

    def __init__(self, setting: Setting) -> None:
        super().__init__(replace(setting, pki=MLDSAPKI(setting.directory / "mldsa")))

    def rows(self) -> Iterator[Row]:
        pki = self.setting.pki
        for side, (server, client) in itertools.product(BOTH, zip(KINDS, KINDS[1:] + KINDS[:1])):
            case = Case(
                "handshake", side, pki.leaf("server", server), pki.leaf("client", client), f"{server} / {client}",
                suite=SOME_SUITE_13)
            yield Row.of(self.name, case, lambda case=case: self.play(case))
        for side in BOTH:
            kind = KINDS[0]
            case = Case(
                "no TLS 1.2", side, pki.leaf("server", kind), pki.leaf("client", kind), kind, suite=SOME_SUITE,
                refusal=told(None) if side == "client" else refused("noFittingIdentity", 40))
            yield Row.of(self.name, case, lambda case=case: self.play(case))


class MLDSAPKI:
    """A root, an intermediate, and leaves of every strength, made by Go."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir()
        self.directory = directory
        self.root = directory / "root.pem"
        subprocess.run(
            [program(GO, "go"), "run", AGENTS / "mldsa.go", directory, "1"], check=True, capture_output=True, timeout=300,
            env=ENVIRONMENT)

    def leaf(self, role: str, kind: str) -> Identity:
        return Identity(
            self.directory / f"{role}-{kind}.pem", self.directory / f"{role}-{kind}.key",
            self.directory / "intermediate.pem")
