"""Python's `ssl`, by the Python that runs this."""

from __future__ import annotations

import platform
import ssl
import sys

from .agent import AGENTS, AgentPeer


class Python(AgentPeer):
    name = "Python"

    @classmethod
    def version(cls) -> str:
        return f"Python {platform.python_version()}, {ssl.OPENSSL_VERSION}"

    def command(self) -> list[object]:
        return [sys.executable, AGENTS / "agent.py"]
