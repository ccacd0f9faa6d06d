"""swift-nio-ssl, which brings BoringSSL. The agent is a Swift package of its own, in Interop/NIOSSL."""

from __future__ import annotations

import json
from pathlib import Path

from cases import Resumption
from matrix import Abilities

from .agent import INSTALLED, AgentPeer
from .programs import Missing, program

SCRATCH = INSTALLED / "niossl"


class NIOSSL(AgentPeer):
    name = "NIOSSL"
    abilities = Abilities(
        hybrids=("X25519MLKEM768",),
        # Its clients do not keep sessions.
        resumes={"client": (Resumption.PSK, Resumption.TICKET)})
    judges_late = frozenset({"wrong name"})

    @classmethod
    def version(cls) -> str:
        program(cls.agent())
        state = json.loads((SCRATCH / "workspace-state.json").read_text())
        for dependency in state["object"]["dependencies"]:
            if dependency["packageRef"]["identity"] == "swift-nio-ssl":
                return f"swift-nio-ssl {dependency['state']['checkoutState']['version']}"
        raise Missing("swift-nio-ssl is not among the packages of Interop/NIOSSL")

    @staticmethod
    def agent() -> Path:
        return SCRATCH / "debug" / "NIOSSLAgent"

    def command(self) -> list[object]:
        return [self.agent()]
