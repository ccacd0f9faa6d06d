"""Python's `ssl`, by the Python that runs this."""

from __future__ import annotations

import platform
import ssl
import sys

from cases import Resumption
from matrix import Abilities

from .agent import AGENTS, AgentPeer


class Python(AgentPeer):
    name = "Python"
    abilities = Abilities(resumes={side: tuple(Resumption) for side in ("client", "server")})

    @classmethod
    def version(cls) -> str:
        return f"Python {platform.python_version()}, {ssl.OPENSSL_VERSION}"

    def command(self) -> list[object]:
        return [sys.executable, AGENTS / "agent.py"]
