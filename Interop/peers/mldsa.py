"""Peers that authenticate with ML-DSA, with certificates that Go makes: the OpenSSL of the command line may not have it."""

from __future__ import annotations

import itertools
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from cases import SOME_SUITE, SOME_SUITE_13, Case, refused, told
from matrix import BOTH
from pki import Identity

from .agent import AGENTS, AgentPeer
from .go import ENVIRONMENT, GO, Go
from .node import Node
from .peer import Row, Setting
from .programs import program

KINDS = ["ML-DSA-44", "ML-DSA-65", "ML-DSA-87"]


class MLDSAPeer(AgentPeer):
    """Every key is ML-DSA: TLS 1.3 only, each strength on either side."""

    def __init__(self, setting: Setting) -> None:
        super().__init__(replace(setting, pki=MLDSAPKI(setting.directory / self.name)))

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


class GoMLDSA(MLDSAPeer, Go):
    name = "Go (ML-DSA)"


class NodeMLDSA(MLDSAPeer, Node):
    """With OpenSSL 3.5 inside."""

    name = "Node (ML-DSA)"


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
