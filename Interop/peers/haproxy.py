"""HAProxy as a server that requires client certificates."""

from __future__ import annotations

from pathlib import Path

from cases import GROUPS, Case

from .http import HTTPPeer
from .programs import first_line, program

CONFIG = """
global
  maxconn 64
defaults
  mode http
  timeout client 15s
  timeout server 15s
  timeout connect 15s
frontend tls
  bind 127.0.0.1:{port} ssl crt {pem} ca-file {root} verify required ssl-min-ver TLSv1.2 {more}
  http-request return status 200 content-type text/plain file {directory}/file hdr X-Seen "%[ssl_fc_protocol] \
%[ssl_fc_cipher] %[ssl_c_s_dn(cn)] %[ssl_c_verify]"
"""


class HAProxy(HTTPPeer):
    name = "HAProxy"

    @classmethod
    def version(cls) -> str:
        return first_line(program("haproxy", "/usr/sbin/haproxy"), "-v").split(" - ")[0]

    def command(self, case: Case, port: int, directory: Path) -> list[object]:
        pem = directory / "own.pem"
        pem.write_text(case.server.chain.read_text() + case.server.key.read_text())
        more = []
        if case.peer_version == "TLS 1.2":
            more.append("ssl-max-ver TLSv1.2")
        if not case.is_13 and case.suite != "-":
            more.append(f"ciphers {self.suites[case.suite]}")
        if case.peer_groups:
            more.append(f"curves {':'.join(GROUPS[group] for group in case.peer_groups)}")
        (directory / "conf").write_text(
            CONFIG.format(
                directory=directory, port=port, pem=pem, more=" ".join(more), root=self.setting.pki.root))
        return [program("haproxy", "/usr/sbin/haproxy"), "-db", "-q", "-f", directory / "conf"]
