"""Tools that are libraries: a small program in the library's language plays all their sides.

It reads a line for each side, `key=value` with tabs between, keys that are absent standing for the library's default.
It answers `ID listening PORT`, and `ID done`, `ID failed` or, if it refuses its own set-up, `ID refused`, the last
three with what the user of such a program sees, and what the library logs besides, both in Base64.
"""

from __future__ import annotations

import base64
import itertools
import os
import re
import subprocess
import threading
from abc import abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from child import Child
from fault import Side
from peers.agent import INSTALLED
from peers.go import GO
from peers.programs import Missing, first_line, program

from .tool import NotStarted, Outcome, Tool

AGENTS = Path(__file__).resolve().parent.parent / "agents"


class Agent(Tool):
    def __init__(self) -> None:
        self._children: dict[tuple[str, ...], Child] = {}
        self._lock = threading.Lock()
        self._ids = itertools.count(1)

    @abstractmethod
    def command(self, properties: tuple[str, ...]) -> list[object]: ...

    def properties(self, side: Side) -> tuple[str, ...]:
        """What can only be set for a whole process."""
        return ()

    def __exit__(self, *_: object) -> None:
        for child in self._children.values():
            child.end_input()
            child.__exit__(None, None, None)

    @contextmanager
    def serve(self, side: Side, directory: Path) -> Iterator[AgentServer]:
        child, number = self.order(side, 0)
        answer = child.find(rf"(?m)^{number}\t(listening|refused)\t(.*)\n")
        if answer[1] == "refused":
            raise NotStarted(self.outcome(child, number))
        yield AgentServer(self, child, number, int(answer[2]))

    def connect(self, side: Side, port: int, directory: Path) -> Outcome:
        return self.outcome(*self.order(side, port))

    def order(self, side: Side, port: int) -> tuple[Child, int]:
        properties = self.properties(side)
        fields = {
            "role": side.role, "port": port, "chain": side.chain, "key": side.key, "roots": side.roots,
            "versions": ",".join(side.versions), "suites": ",".join(side.suites), "groups": ",".join(side.groups),
            "protocols": ",".join(side.protocols), "crl": side.crl,
            "staple": side.staple, "auth": side.auth, "knows": side.knows,
            "name": side.name, "seconds": side.seconds, "wrongkey": "yes" if side.has_wrong_key else None,
            "whim": "yes" if side.refuses_anyone else None,
        }
        with self._lock:
            if properties not in self._children:
                self._children[properties] = Child(*self.command(properties))
            child, number = self._children[properties], next(self._ids)
            line = "\t".join(f"{key}={value}" for key, value in {"id": number, **fields}.items() if value)
            child.send((line + "\n").encode())
        return child, number

    def outcome(self, child: Child, number: int) -> Outcome:
        answer = child.find(rf"(?m)^{number}\t(done|failed|refused)\t?(.*)\n")
        texts = [base64.b64decode(text).decode(errors="replace") for text in answer[2].split("\t")]
        # Java's log shows all messages as well, with everything in them: that is indented deep, and no word of its own.
        log = re.sub(r"(?m)^\s{6,}.*\n", "", texts[1]) if len(texts) > 1 else ""
        return Outcome(
            texts[0], log, answer[1] == "done", answer[1] != "refused")


class AgentServer:
    def __init__(self, tool: Agent, child: Child, number: int, port: int) -> None:
        self.tool = tool
        self.child = child
        self.number = number
        self.port = port

    def finish(self) -> Outcome:
        outcome = self.tool.outcome(self.child, self.number)
        outcome.works = False
        return outcome


class Go(Agent):
    name = "go"

    @classmethod
    def version(cls) -> str:
        return first_line(program(GO, "go"), "version").removeprefix("go version ")

    def command(self, properties: tuple[str, ...]) -> list[object]:
        agent = INSTALLED / "go-fault"
        built = subprocess.run(
            [program(GO, "go"), "build", "-o", agent, AGENTS / "fault.go"], capture_output=True, text=True, timeout=300,
            env={**os.environ, "GOCACHE": str(INSTALLED / "go-cache"), "GOFLAGS": "", "CGO_ENABLED": "0"})
        if built.returncode != 0:
            raise Missing(f"the agent does not build:\n{built.stderr}")
        return [agent]

    def cannot(self, side: Side) -> str | None:
        if side.schemes:
            return "crypto/tls has no setting for signature algorithms"
        if side.crl:
            return "crypto/tls reads no CRLs"
        if not side.extended_master_secret:
            return "crypto/tls always offers extended_master_secret"
        if side.versions == ("1.3",) and side.suites:
            return "crypto/tls has no setting for TLS 1.3's cipher suites"
        return None


class Java(Agent):
    name = "java"

    @classmethod
    def version(cls) -> str:
        program("javac")
        return re.sub(r'"', "", first_line(program("java"), "--version"))

    def command(self, properties: tuple[str, ...]) -> list[object]:
        classes = INSTALLED / "java-fault"
        if not properties:
            subprocess.run([program("javac"), "-d", classes, AGENTS / "Fault.java"], check=True, timeout=300)
        return [
            program("java"), "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto",
            "-Djavax.net.debug=ssl:handshake", *properties, "-cp", classes, "Fault",
        ]

    def properties(self, side: Side) -> tuple[str, ...]:
        found = []
        if side.groups:
            names = {"P-256": "secp256r1", "P-384": "secp384r1", "P-521": "secp521r1"}
            found.append("-Djdk.tls.namedGroups=" + ",".join(names.get(group, group) for group in side.groups))
        if side.schemes:
            found.append(f"-Djdk.tls.{side.role}.SignatureSchemes=" + ",".join(side.schemes))
        if not side.extended_master_secret:
            found.append("-Djdk.tls.useExtendedMasterSecret=false")
        return tuple(found)

    def cannot(self, side: Side) -> str | None:
        if set(side.groups) == {"X25519MLKEM768"}:
            return "this version has no ML-KEM"
        return None
