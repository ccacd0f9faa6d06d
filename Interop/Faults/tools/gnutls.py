"""GnuTLS's command line."""

from __future__ import annotations

from pathlib import Path

from fault import Side
from peers.programs import first_line, free_port, program

from .tool import Program

GROUPS = {"P-256": "SECP256R1", "P-384": "SECP384R1", "P-521": "SECP521R1", "x25519": "X25519"}
SUITES = {
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256": "+ECDHE-ECDSA:+AES-128-GCM:+AEAD",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384": "+ECDHE-ECDSA:+AES-256-GCM:+AEAD",
    "TLS_AES_128_GCM_SHA256": "+AES-128-GCM:+AEAD", "TLS_AES_256_GCM_SHA384": "+AES-256-GCM:+AEAD",
}


class GnuTLS(Program):
    name = "gnutls"
    stays = True
    listening = r"listening on IPv4 .* (\d+)\.\.\.done"

    @classmethod
    def version(cls) -> str:
        program("gnutls-serv")
        return first_line(program("gnutls-cli"), "--version")

    def cannot(self, side: Side) -> str | None:
        if side.schemes or side.seconds or side.knows or side.key_transport or not side.extended_master_secret:
            return "not tried"
        if any(suite not in SUITES for suite in side.suites) or len(side.suites) > 1:
            return "not tried"
        if set(side.groups) == {"X25519MLKEM768"}:
            return "this version has no ML-KEM"
        if side.refuses_anyone:
            return "its command has no rule of its own"
        if side.has_wrong_key:
            return "it refuses a key that does not belong to the certificate when it starts"
        return None

    def server_command(self, side: Side, directory: Path) -> tuple[list[object], int | None]:
        # It listens on all addresses: there is no option for one.
        port = free_port()
        command: list[object] = ["gnutls-serv", "--echo", "--port", port, "--nodb", "--noticket"]
        if side.auth == "required":
            command += ["--require-client-cert", "--verify-client-cert"]
        if side.auth == "none":
            command.append("--disable-client-cert")
        for protocol in side.protocols:
            command += ["--alpn", protocol]
        if side.protocols:
            command.append("--alpn-fatal")
        return command + self.common(side), port

    def client_command(self, side: Side, port: int, directory: Path) -> list[object]:
        command: list[object] = ["gnutls-cli", "--port", port, "--verify-hostname", side.name]
        if not side.name.replace(".", "").isdigit():
            command += ["--sni-hostname", side.name]
        for protocol in side.protocols:
            command += ["--alpn", protocol]
        return [*command, *self.common(side), "127.0.0.1"]

    def common(self, side: Side) -> list[object]:
        priority = "NORMAL:-VERS-ALL" + "".join(f":+VERS-TLS{version}" for version in side.versions)
        if side.groups:
            priority += ":-GROUP-ALL" + "".join(f":+GROUP-{GROUPS[group]}" for group in side.groups)
        if side.suites:
            priority = (
                "NONE:+COMP-NULL:+SIGN-ALL:+GROUP-ALL:+CTYPE-X509:+ECDHE-ECDSA:" + SUITES[side.suites[0]]
                + "".join(f":+VERS-TLS{version}" for version in side.versions))
        options: list[object] = ["--x509cafile", side.roots, "--priority", priority]
        if side.chain:
            options += ["--x509certfile", side.chain, "--x509keyfile", side.key]
        if side.crl:
            options += ["--x509crlfile", side.crl]
        return options
