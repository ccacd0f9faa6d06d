"""tshark captures handshakes with OpenSSL on the loopback device, and decrypts them with the key log of `handfast`.

For each version and record cipher, with Handfast as client and as server: the application data must appear in clear, in
both directions and byte for byte, and so must both Finished messages.
"""

from __future__ import annotations

import re
import secrets
import stat
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cases import SOME_SUITE_13, SUITES, SUITES_13, transport_options
from child import DEADLINE, Child
from pki import SERVER_NAME

from .judge import expect, expect_success
from .peer import Peer, Row
from .programs import first_line, program

CHOSEN = [
    "ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "RSA_WITH_AES_128_GCM_SHA256", *SUITES_13,
]
LABELS_13 = [
    "CLIENT_HANDSHAKE_TRAFFIC_SECRET", "CLIENT_TRAFFIC_SECRET_0", "EXPORTER_SECRET", "SERVER_HANDSHAKE_TRAFFIC_SECRET",
    "SERVER_TRAFFIC_SECRET_0",
]


@dataclass(frozen=True)
class Talk:
    """What a run leaves behind."""

    port: str
    request: bytes
    answer: bytes
    capture: Path
    keys: Path


class TShark(Peer):
    name = "tshark"
    workers = 2

    @classmethod
    def version(cls) -> str:
        return first_line(program("tshark"), "--version").split(" (Git")[0]

    def rows(self) -> Iterator[Row]:
        for side in ("client", "server"):
            for suite in CHOSEN:
                yield self._row("key log", side, suite)
            yield self._row("key log, with KeyUpdate", side, SOME_SUITE_13, "--update-keys")

    def _row(self, title: str, side: str, suite: str, *options: str) -> Row:
        kind = "RSA-2048" if "RSA_WITH" in suite else "ECDSA-P256"
        return Row(
            self.name, f"handfast {side}", title, "1.3" if suite in SUITES_13 else "1.2", suite, f"{kind} / Ed25519",
            lambda: self._play(side, suite, kind, *options))

    def _play(self, side: str, suite: str, kind: str, *options: str) -> None:
        talk = self._talk(side, suite, kind, *options)
        expect("mode of the key log", stat.S_IMODE(talk.keys.stat().st_mode), 0o600)
        labels = sorted(line.split(" ")[0] for line in talk.keys.read_text().splitlines())
        later = [label for label in labels if re.search("TRAFFIC_SECRET_[1-9]", label)]
        expect("secrets of changed keys", bool(later), "--update-keys" in options)
        wanted = LABELS_13 if suite in SUITES_13 else ["CLIENT_RANDOM"]
        expect("labels of the key log", [label for label in labels if label not in later], wanted)
        self._check(talk)

    def _talk(self, side: str, suite: str, kind: str, *options: str) -> Talk:
        base = self.setting.directory / "-".join([side, suite, *options])
        server, client = self.setting.pki.leaf("server", kind), self.setting.pki.leaf("client", "Ed25519")
        keys, capture = base.with_suffix(".keys"), base.with_suffix(".pcapng")
        ours = ["--suite", suite, "--keylog", keys, "--summary", "json"]
        ours += [*transport_options(suite), *options]
        chosen = ["-ciphersuites", SUITES_13[suite]] if suite in SUITES_13 else ["-tls1_2", "-cipher", SUITES[suite]]
        theirs = [*chosen, "-CAfile", self.setting.pki.root, "-verify_return_error"]
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
                self.setting.handfast, "serve", "--port", 0, "--once", "--echo", "--client-ca", self.setting.pki.root,
                "--cert", server.chain, "--key", server.key, *ours)
            listening = r'"port":(\d+)'
            answer = text
        request, answer = (f"{line}\n".encode() for line in (text, answer))
        with starting as listener:
            port = listener.find(listening)[1]
            connect: list[object]
            if side == "client":
                connect = [
                    self.setting.handfast, "connect", f"127.0.0.1:{port}", "--server-name", SERVER_NAME, "--ca",
                    self.setting.pki.root, "--cert", client.chain, "--key", client.key, "--close-at-end", *ours,
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
    """What went to the server, and what came from it. In tshark's listing a tab stands before what came from its node
    1, which is the client if the first records that it decrypts are the server's tickets."""
    listing = tshark(talk, "-q", "-z", "follow,tls,raw,0")
    lines = [line for line in listing.splitlines() if line and all(byte in "\t0123456789abcdef" for byte in line)]
    nodes = tuple(
        bytes.fromhex("".join(line.strip() for line in lines if line.startswith("\t") == has_tab))
        for has_tab in (False, True))
    return nodes[::-1] if re.search(rf"(?m)^Node 0: .*:{talk.port}$", listing) else nodes


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
            raise AssertionError(f"tshark cannot capture on the loopback device: {error}") from None

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
