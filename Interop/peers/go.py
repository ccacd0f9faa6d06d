"""Go's crypto/tls."""

from __future__ import annotations

import os
import subprocess

from cases import Resumption
from matrix import Abilities

from .agent import AGENTS, INSTALLED, AgentPeer
from .iana import IANA
from .programs import Missing, first_line, program

GO = INSTALLED / "python" / "go" / "bin" / "go"
ENVIRONMENT = {**os.environ, "GOCACHE": str(INSTALLED / "go-cache"), "GOFLAGS": "", "CGO_ENABLED": "0"}


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
