#!/usr/bin/env python3
"""Captures handshakes on the loopback device with tshark, and decrypts them with the key log that `handfast` wrote.

For each record cipher, with Handfast as client and as server: the application data must appear in clear, in both
directions and byte for byte, and so must both Finished messages. Ends with status 1 if a row fails, 2 if tshark or openssl
is missing or may not capture.
"""

from __future__ import annotations

import argparse
import json
import secrets
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from cases import SUITES
from child import DEADLINE, Child
from openssl import expect, expect_success, table, version_of
from pki import PKI, SERVER_NAME

CHOSEN = [
    "ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "RSA_WITH_AES_128_GCM_SHA256",
]


@dataclass(frozen=True)
class Talk:
    """What a run leaves behind."""

    port: str
    request: bytes
    answer: bytes
    capture: Path
    keys: Path


class NoCapture(Exception):
    pass


class Runner:
    def __init__(self, handfast: Path, pki: PKI, directory: Path) -> None:
        self.handfast = handfast
        self.pki = pki
        self.directory = directory

    def run(self, side: str, suite: str) -> None:
        talk = self._talk(side, suite, self.directory / f"{side}-{suite}")
        expect("mode of the key log", stat.S_IMODE(talk.keys.stat().st_mode), 0o600)
        lines = talk.keys.read_text().splitlines()
        expect("lines of the key log", [line.split(" ")[0] for line in lines], ["CLIENT_RANDOM"])
        self._check(talk)

    def _talk(self, side: str, suite: str, base: Path) -> Talk:
        kind = "ECDSA-P256" if "ECDSA" in suite else "RSA-2048"
        server, client = self.pki.leaf("server", kind), self.pki.leaf("client", "Ed25519")
        keys, capture = base.with_suffix(".keys"), base.with_suffix(".pcapng")
        ours = ["--suite", suite, "--keylog", keys, "--summary", "json"]
        ours += [] if suite.startswith("ECDHE") else ["--allow-rsa-key-transport"]
        theirs = ["-tls1_2", "-cipher", SUITES[suite], "-CAfile", self.pki.root, "-verify_return_error"]
        text = secrets.token_hex(10_000)
        if side == "client":
            starting = Child(
                "openssl", "s_server", "-accept", "127.0.0.1:0", "-naccept", 1, "-rev", "-cert", server.leaf, "-key",
                server.key, "-cert_chain", server.issuers, "-Verify", 4, *theirs)
            listening = r"ACCEPT 127\.0\.0\.1:(\d+)"
            text = text[:8_000]
            answer = text[::-1]
        else:
            starting = Child(
                self.handfast, "serve", "--port", 0, "--once", "--echo", "--client-ca", self.pki.root, "--cert",
                server.chain, "--key", server.key, *ours)
            listening = r'"port":(\d+)'
            answer = text
        request, answer = (f"{line}\n".encode() for line in (text, answer))
        with starting as listener:
            port = listener.find(listening)[1]
            connect: list[object]
            if side == "client":
                connect = [
                    self.handfast, "connect", f"127.0.0.1:{port}", "--server-name", SERVER_NAME, "--ca", self.pki.root,
                    "--cert", client.chain, "--key", client.key, "--close-at-end", *ours,
                ]
            else:
                connect = [
                    "openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-brief", "-nocommands", "-servername",
                    SERVER_NAME, "-cert", client.leaf, "-key", client.key, "-cert_chain", client.issuers, *theirs,
                ]
            with capturing(port, capture), Child(*connect) as connection:
                connection.send(request)
                expect("answer", connection.receive(len(answer)), answer)
                connection.end_input()
                expect_success(side, connection)
                expect_success("the listener", listener)
                wait_for_ends(port, capture)
        return Talk(port, request, answer, capture, keys)

    def _check(self, talk: Talk) -> None:
        """What tshark makes of it, with the keys; and that it makes nothing of it without."""
        finished = tshark(talk, "-Y", "tls.handshake.verify_data", "-T", "fields", "-e", "tcp.dstport")
        expect("Finished messages", sorted(port == talk.port for port in finished.split()), [False, True])
        expect("application data", application_data(talk), (talk.request, talk.answer))
        without = Talk(talk.port, talk.request, talk.answer, talk.capture, Path("/dev/null"))
        expect("application data without keys", application_data(without), (b"", b""))


def application_data(talk: Talk) -> tuple[bytes, bytes]:
    """What went to the server, and what came from it. In tshark's listing the latter stands behind a tab."""
    listing = tshark(talk, "-q", "-z", "follow,tls,raw,0")
    lines = [line for line in listing.splitlines() if line and all(byte in "\t0123456789abcdef" for byte in line)]
    request = "".join(line for line in lines if not line.startswith("\t"))
    answer = "".join(line[1:] for line in lines if line.startswith("\t"))
    return bytes.fromhex(request), bytes.fromhex(answer)


def tshark(talk: Talk, *arguments: str) -> str:
    command = [
        "tshark", "-n", "-r", str(talk.capture), "-o", f"tls.keylog_file:{talk.keys}", "-d",
        f"tcp.port=={talk.port},tls", *arguments,
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(command)}:\n{done.stderr}")
    return done.stdout


class capturing:
    """Captures one port on the loopback device while its `with` block runs."""

    def __init__(self, port: str, file: Path) -> None:
        self.tshark = Child("tshark", "-n", "-q", "-i", "lo", "-f", f"tcp port {port}", "-w", file)

    def __enter__(self) -> None:
        try:
            self.tshark.find("Capture started")
        except AssertionError as error:
            self.tshark.__exit__(None, None, None)
            raise NoCapture(str(error)) from None

    def __exit__(self, *_: object) -> None:
        self.tshark.interrupt()
        with self.tshark:
            self.tshark.exit_status()


def wait_for_ends(port: str, capture: Path) -> None:
    """Until both directions' ends are in the file: what the kernel has captured takes a moment to get there."""
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        found = subprocess.run(
            ["tshark", "-n", "-r", str(capture), "-Y", "tcp.flags.fin==1", "-T", "fields", "-e", "tcp.dstport"],
            capture_output=True, text=True, timeout=60).stdout.split()
        if {port == destination for destination in found} == {True, False}:
            return
        time.sleep(0.1)
    raise AssertionError("the capture does not hold the connection's end")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--handfast", type=Path, required=True, help="the handfast to test")
    parser.add_argument("--json", type=Path, help="write versions and rows to this file")
    arguments = parser.parse_args()
    if missing := [tool for tool in ("openssl", "tshark") if not shutil.which(tool)]:
        print(f"missing: {', '.join(missing)} (apt-get install)", file=sys.stderr)
        return 2
    rows: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory(prefix="handfast-keylog-") as name:
        directory = Path(name)
        runner = Runner(arguments.handfast.resolve(), PKI(directory), directory)
        for side in ("client", "server"):
            for suite in CHOSEN:
                row: dict[str, object] = {"peer": "tshark", "direction": f"handfast {side}", "suite": suite}
                rows.append(row)
                try:
                    runner.run(side, suite)
                    row["result"] = "ok"
                except NoCapture as error:
                    print(f"tshark cannot capture on the loopback device:\n{error}", file=sys.stderr)
                    return 2
                except Exception as error:  # A row that cannot be run is a row that fails.
                    row["result"] = "FAILED"
                    print(f"{row}\n{error or repr(error)}", file=sys.stderr)
    failed = sum(row["result"] != "ok" for row in rows)
    versions = {"tshark": version_of("tshark", "--version"), "openssl": version_of("openssl", "version")}
    print(table(rows))
    print(f"\n{versions['tshark']}: {len(rows)} rows decrypted with our key logs, {failed} failed")
    if arguments.json:
        arguments.json.write_text(json.dumps({"versions": versions, "rows": rows}, indent=2) + "\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
