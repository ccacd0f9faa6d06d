"""Java's JSSE."""

from __future__ import annotations

from cases import Resumption
from matrix import Abilities

from .agent import AGENTS, AgentPeer
from .iana import IANA
from .programs import first_line, program


class Java(AgentPeer):
    name = "Java"
    suites = IANA
    abilities = Abilities(
        # A server's groups can only be set for the whole process.
        retries=("server",), updates=("client", "server"),
        resumes={side: (Resumption.PSK, Resumption.TICKET) for side in ("client", "server")})

    @classmethod
    def version(cls) -> str:
        return first_line(program("java"), "--version")

    def command(self) -> list[object]:
        # Compiling to the lowest level only, and one collector thread: it lives for seconds.
        return [program("java"), "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", AGENTS / "Agent.java"]
