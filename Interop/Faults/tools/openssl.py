"""OpenSSL's command line, as one uses it to find out what is wrong: with everything that it says by default."""

from __future__ import annotations

from pathlib import Path

from fault import Side
from peers.iana import IANA  # noqa: F401 (the names are IANA's already)
from peers.programs import first_line, program

from .tool import Program, split

SUITES = {
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256": "ECDHE-ECDSA-AES128-GCM-SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384": "ECDHE-ECDSA-AES256-GCM-SHA384",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256": "ECDHE-RSA-AES128-GCM-SHA256",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384": "ECDHE-RSA-AES256-GCM-SHA384",
    "TLS_RSA_WITH_AES_128_GCM_SHA256": "AES128-GCM-SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA": "ECDHE-ECDSA-AES128-SHA",
}
GROUPS = {"x25519": "X25519"}


class OpenSSL(Program):
    name = "openssl"
    listening = r"ACCEPT 127\.0\.0\.1:(\d+)"

    @classmethod
    def version(cls) -> str:
        return first_line(program("openssl"), "version").split(" (")[0]

    def cannot(self, side: Side) -> str | None:
        if side.has_wrong_key:
            return "it refuses a key that does not belong to the certificate when it starts"
        if side.refuses_anyone:
            return "its command has no rule of its own"
        if side.seconds:
            return "its commands have no limit for a handshake"
        if set(side.groups) == {"X25519MLKEM768"}:
            return "this version has no ML-KEM"
        return None

    def server_command(self, side: Side, directory: Path) -> tuple[list[object], int | None]:
        command = ["openssl", "s_server", "-accept", "127.0.0.1:0", "-naccept", 1, "-rev"]
        if side.auth != "none":
            verify = "-Verify" if side.auth == "required" else "-verify"
            command += [verify, 9, "-verify_return_error", "-CAfile", side.roots]
        if side.protocols:
            command += ["-alpn", ",".join(side.protocols)]
        if side.knows:
            command += [
                "-servername", side.knows, "-servername_fatal", "-cert2", side.chain, "-key2", side.key,
            ]
        return command + self.common(side), None

    def client_command(self, side: Side, port: int, directory: Path) -> list[object]:
        is_address = side.name.replace(".", "").isdigit()
        name = ["-verify_ip", side.name, "-noservername"] if is_address else [
            "-servername", side.name, "-verify_hostname", side.name]
        command = [
            "openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-nocommands", *name, "-CAfile", side.roots,
            "-verify_return_error",
        ]
        if side.protocols:
            command += ["-alpn", ",".join(side.protocols)]
        return command + self.common(side)

    def common(self, side: Side) -> list[object]:
        options: list[object] = []
        if side.chain:
            leaf, others = split(side.chain)
            options += ["-cert", leaf, "-key", side.key, *(["-cert_chain", others] if others else [])]
        elif side.role == "server":
            options.append("-nocert")
        if len(side.versions) == 1:
            options.append(f"-tls{side.versions[0].replace('.', '_')}")
        if side.versions == ("1.1",):
            options += ["-cipher", "ALL:@SECLEVEL=0"]
        suites12 = [SUITES[name] for name in side.suites if name in SUITES]
        suites13 = [name for name in side.suites if name not in SUITES]
        if suites12:
            options += ["-cipher", ":".join(suites12)]
        if suites13:
            options += ["-ciphersuites", ":".join(suites13)]
        if side.groups:
            options += ["-groups", ":".join(GROUPS.get(group, group) for group in side.groups)]
        if side.schemes:
            options += ["-sigalgs", ":".join(side.schemes), "-client_sigalgs", ":".join(side.schemes)]
        if side.asks_status:
            options.append("-status")
        if side.staple:
            options += ["-status_file", side.staple]
        if side.crl:
            options += ["-CRL", side.crl, "-crl_check"]
        return options
