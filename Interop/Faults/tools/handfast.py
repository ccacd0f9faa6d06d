"""Handfast's own commands."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from child import Child
from fault import Side

from .tool import Outcome, Program


class Handfast(Program):
    name = "handfast"
    listening = r"listening on \S+:(\d+)"
    path: Path
    options = ""
    """What `handfast serve --help` lists."""

    @classmethod
    def version(cls) -> str:
        cls.options = subprocess.run(
            [str(cls.path), "serve", "--help"], capture_output=True, text=True, timeout=30, check=True).stdout
        return "this tree's"

    def cannot(self, side: Side) -> str | None:
        if side.has_wrong_key:
            return "it refuses a key that does not belong to the certificate when it starts"
        if side.refuses_anyone:
            return "its command has no rule of its own"
        if side.schemes:
            return "its command has no option for signature schemes"
        if not side.extended_master_secret:
            return "it always offers extended_master_secret"
        return None

    def server_command(self, side: Side, directory: Path) -> tuple[list[object], int | None]:
        command: list[object] = [self.path, "serve", "--port", 0, "--once", "--echo"]
        if side.auth != "none":
            command += ["--client-ca", side.roots]
            command += ["--optional-client-cert"] if side.auth == "optional" else ["--require-client-cert"]
        if side.knows:
            command += ["--server-name", side.knows]
        return command + self.common(side, directory), None

    def client_command(self, side: Side, port: int, directory: Path) -> list[object]:
        command: list[object] = [self.path, "connect", f"127.0.0.1:{port}", "--server-name", side.name,
            "--close-at-end"]
        return command + ["--ca", side.roots] + self.common(side, directory)

    def common(self, side: Side, directory: Path) -> list[object]:
        options: list[object] = ["--trace", "json", "--trace-file", self.trace(side, directory)]
        if side.chain:
            options += ["--cert", side.chain, "--key", side.key]
        for flag, values in (
            ("--version", side.versions), ("--group", side.groups), ("--alpn", side.protocols),
            ("--suite", [name.removeprefix("TLS_") for name in side.suites]),
        ):
            options += [word for value in values for word in (flag, value)]
        if side.crl:
            options += ["--crl", side.crl]
        if side.asks_status:
            options.append("--ocsp")
        if side.staple:
            options += ["--ocsp-staple", side.staple]
        if side.key_transport:
            options.append("--allow-rsa-key-transport")
        if side.seconds:
            options += ["--handshake-seconds", side.seconds]
        return options

    def trace(self, side: Side, directory: Path) -> Path:
        return directory / f"{side.role}.jsonl"

    def outcome(self, child: Child, side: Side, directory: Path, works: bool = False) -> Outcome:
        outcome = super().outcome(child, side, directory, works)
        outcome.shown = child.stderr
        outcome.started = outcome.status not in (64, 65, 66)
        file = self.trace(side, directory)
        if file.exists():
            events = [json.loads(line) for line in file.read_text().splitlines() if line.strip()]
            outcome.trace = [event for event in events if "event" in event]
        return outcome
