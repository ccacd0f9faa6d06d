"""How Handfast is started."""

from __future__ import annotations

import itertools
from pathlib import Path

from cases import Case
from pki import Identity

EARLY = b"early data\n"
_traces = itertools.count(1)


def trace_file(case: Case, directory: Path) -> Path | None:
    """Where this run's trace goes; None: it is not needed."""
    return directory / f"trace-{next(_traces)}.jsonl" if case.is_traced else None


def client(handfast: Path, case: Case, port: int | str, root: Path, trace: Path | None) -> list[object]:
    command: list[object] = [
        handfast, "connect", f"127.0.0.1:{port}", "--server-name", case.name, *_trust(case, case.server, "--ca", root),
        "--close-at-end",
    ]
    if case.resumes:
        command += ["--resume", 1]
    if case.early and trace:
        file = trace.with_suffix(".early")
        file.write_bytes(EARLY)
        command += ["--early-data", file]
    return command + _options(case, case.client, trace)


def server(
    handfast: Path, case: Case, root: Path, trace: Path | None, service: tuple[str, ...] = ("--echo",)
) -> list[object]:
    command: list[object] = [handfast, "serve", "--port", 0, *service]
    if case.client_auth != "none":
        flag = "--require-client-cert" if case.client_auth == "required" else "--optional-client-cert"
        command += [*_trust(case, case.client, "--client-ca", root), flag]
    command += ["--connections", 2] if case.resumes and case.early != "rejected" else ["--once"]
    if case.early == "accepted":
        command += ["--early-data", 16_384]
    return command + _options(case, case.server, trace)


def _trust(case: Case, peer: Identity | None, option: str, root: Path) -> list[object]:
    if not case.shows_raw_keys or peer is None:
        return [option, root]
    return ["--peer-key", (case.known or peer).public_key]


def _options(case: Case, identity: Identity | None, trace: Path | None) -> list[object]:
    options: list[object] = ["--summary", "json"]
    if identity and case.shows_raw_keys:
        options += ["--raw-key", identity.key]
    elif identity:
        options += ["--cert", identity.chain, "--key", identity.key]
    if case.suite != "-":
        options += ["--suite", case.suite]
    if trace:
        options += ["--trace", "json", "--trace-file", trace]
    if case.updates == "handfast":
        options.append("--update-keys")
    return options + list(case.options)
