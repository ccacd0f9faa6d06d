#!/usr/bin/env python3
"""A small runner for the BoGo shim: what BoringSSL's does with it, in a few connections with Python's OpenSSL.

    python3 Interop/bogo_smoke.py --shim Interop/BogoShim/.build/debug/BogoShim

It holds the shim to its conventions: how it dials and says its id, that it echoes, how it ends, and what it writes when it
fails. Ends with status 1 when one of them is broken.
"""

from __future__ import annotations

import argparse
import socket
import ssl
import subprocess
import sys
import tempfile
from pathlib import Path

PATIENCE = 20


class Smoke:
    def __init__(self, shim: Path, base: Path):
        self.shim = shim
        self.base = base
        self.failures: list[str] = []
        self.count = 0
        for name in ("one", "two"):
            subprocess.run(
                ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                 "-days", "7", "-subj", f"/CN={name}", "-addext", "subjectAltName=DNS:test",
                 "-keyout", str(base / f"{name}.key"), "-out", str(base / f"{name}.pem")],
                check=True, capture_output=True)

    def files(self, name: str) -> list[str]:
        return ["-cert-file", str(self.base / f"{name}.pem"), "-key-file", str(self.base / f"{name}.key")]

    def check(self, what: str, holds: bool, detail: object = "") -> None:
        self.count += 1
        if not holds:
            self.failures.append(f"{what}: {detail}")

    def start(self, flags: list[str]) -> tuple[subprocess.Popen, socket.socket]:
        listener = socket.create_server(("127.0.0.1", 0))
        listener.settimeout(PATIENCE)
        port = listener.getsockname()[1]
        shim = subprocess.Popen(
            [str(self.shim), "-port", str(port), "-shim-id", "258", *flags], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True)
        return shim, listener

    def accept(self, listener: socket.socket) -> socket.socket:
        connection, _ = listener.accept()
        connection.settimeout(PATIENCE)
        identifier = connection.recv(8, socket.MSG_WAITALL)
        self.check("the shim says its id, little-endian", identifier == (258).to_bytes(8, "little"), identifier)
        return connection

    def context(self, side: int, version: ssl.TLSVersion) -> ssl.SSLContext:
        context = ssl.SSLContext(side)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.minimum_version = context.maximum_version = version
        if side == ssl.PROTOCOL_TLS_SERVER:
            context.load_cert_chain(self.base / "one.pem", self.base / "one.key")
        return context

    def echo(self, what: str, connection: ssl.SSLSocket) -> None:
        connection.sendall(b"hello\x00")
        received = b""
        while len(received) < 6:
            part = connection.recv(6 - len(received))
            if not part:
                break
            received += part
        self.check(f"{what}: bytes come back inverted", received == bytes(b ^ 0xFF for b in b"hello\x00"), received)

    def end(self, what: str, shim: subprocess.Popen, listener: socket.socket, wants: int, text: str = "") -> None:
        _, errors = shim.communicate(timeout=PATIENCE)
        listener.close()
        self.check(f"{what}: exit status {wants}", shim.returncode == wants, f"{shim.returncode} {errors}")
        if wants == 0:
            self.check(f"{what}: nothing on standard error", errors == "", errors)
        self.check(f"{what}: says {text}", text in errors, errors)

    def play(self) -> None:
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            what = f"client, {version.name}"
            shim, listener = self.start([])
            with self.context(ssl.PROTOCOL_TLS_SERVER, version).wrap_socket(
                    self.accept(listener), server_side=True, suppress_ragged_eofs=True) as connection:
                self.echo(what, connection)
            # A TLS 1.3 client expects a ticket, which Python's server has sent.
            self.end(what, shim, listener, 0)

            what = f"server, {version.name}"
            shim, listener = self.start(["-server", *self.files("one")])
            with self.context(ssl.PROTOCOL_TLS_CLIENT, version).wrap_socket(
                    self.accept(listener), server_hostname="test") as connection:
                self.echo(what, connection)
            self.end(what, shim, listener, 0)

        what = "client authentication"
        shim, listener = self.start(["-server", *self.files("one"), "-require-any-client-certificate"])
        context = self.context(ssl.PROTOCOL_TLS_CLIENT, ssl.TLSVersion.TLSv1_3)
        context.load_cert_chain(self.base / "two.pem", self.base / "two.key")
        with context.wrap_socket(self.accept(listener), server_hostname="test") as connection:
            self.echo(what, connection)
        self.end(what, shim, listener, 0)

        what = "a client without a certificate"
        shim, listener = self.start(["-server", *self.files("one"), "-require-any-client-certificate"])
        try:
            context = self.context(ssl.PROTOCOL_TLS_CLIENT, ssl.TLSVersion.TLSv1_2)
            context.wrap_socket(self.accept(listener), server_hostname="test")
            self.check(f"{what} is refused", False)
        except ssl.SSLError as error:
            self.check(f"{what} is refused", "HANDSHAKE_FAILURE" in str(error).upper().replace(" ", "_"), error)
        self.end(what, shim, listener, 1, ":PEER_DID_NOT_RETURN_A_CERTIFICATE:")

        what = "something that is no TLS"
        shim, listener = self.start(["-server", *self.files("one")])
        connection = self.accept(listener)
        connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
        connection.close()
        self.end(what, shim, listener, 1, ":HTTP_REQUEST:")

        for flags, status, output in ((["-no-such-flag"], 89, ""), (["-is-handshaker-supported"], 0, "No\n")):
            result = subprocess.run([str(self.shim), *flags], capture_output=True, text=True, timeout=PATIENCE)
            self.check(f"{flags[0]}: exit status {status}", result.returncode == status, result)
            self.check(f"{flags[0]}: output", result.stdout == output, result.stdout)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shim", type=Path, required=True)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="handfast-bogo-smoke-") as directory:
        smoke = Smoke(arguments.shim.resolve(), Path(directory))
        smoke.play()
    for failure in smoke.failures:
        print(f"FAILED {failure}")
    print(f"{smoke.count - len(smoke.failures)} passed, {len(smoke.failures)} failed")
    return 1 if smoke.failures else 0


if __name__ == "__main__":
    sys.exit(main())
