"""Java's JSSE."""

from __future__ import annotations

from .agent import AGENTS, AgentPeer
from .iana import IANA
from .programs import first_line, program


class Java(AgentPeer):
    name = "Java"
    suites = IANA

    @classmethod
    def version(cls) -> str:
        return first_line(program("java"), "--version")

    def command(self) -> list[object]:
        # Compiling to the lowest level only, and one collector thread: it lives for seconds.
        return [program("java"), "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", AGENTS / "Agent.java"]
