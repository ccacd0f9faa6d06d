"""nginx as a server that requires client certificates."""

from __future__ import annotations

from pathlib import Path

from cases import Case
from child import Child

from .http import REQUEST, HTTPPeer
from .judge import expect, expect_success
from .peer import Server
from .programs import first_line, program

CONFIG = """
daemon off;
master_process off;
pid {directory}/pid;
error_log stderr;
events {{ worker_connections 64; }}
http {{
  access_log off;
  client_body_temp_path {directory};
  proxy_temp_path {directory};
  fastcgi_temp_path {directory};
  uwsgi_temp_path {directory};
  scgi_temp_path {directory};
  server {{
    listen 127.0.0.1:{port} ssl;
    ssl_certificate {chain};
    ssl_certificate_key {key};
    {more}
    ssl_verify_client on;
    ssl_verify_depth 3;
    ssl_client_certificate {root};
    root {directory};
    add_header X-Seen "$ssl_protocol $ssl_cipher $ssl_client_s_dn $ssl_client_verify";
  }}
}}
"""


class Nginx(HTTPPeer):
    name = "nginx"

    @classmethod
    def version(cls) -> str:
        return first_line(program("nginx", "/usr/sbin/nginx"), "-v").removeprefix("nginx version: ")

    def command(self, case: Case, port: int, directory: Path) -> list[object]:
        # Debian's nginx is built to speak TLS 1.3, but has it off by default.
        versions = "TLSv1.2" if case.peer_version == "TLS 1.2" else "TLSv1.2 TLSv1.3"
        more = [f"ssl_protocols {versions};"]
        if not case.is_13 and case.suite != "-":
            more.append(f"ssl_ciphers {self.suites[case.suite]};")
        if case.peer_groups:
            more.append(f"ssl_ecdh_curve {':'.join(case.peer_groups)};")
        (directory / "conf").write_text(
            CONFIG.format(
                directory=directory, port=port, chain=case.server.chain, key=case.server.key, more=" ".join(more),
                root=self.setting.pki.root))
        return [program("nginx", "/usr/sbin/nginx"), "-p", directory, "-e", "stderr", "-c", directory / "conf"]

    def refused_by_server(self, case: Case, handfast: Child, server: Server) -> dict[str, object]:
        """nginx finishes the handshake, and refuses in HTTP."""
        handfast.send(REQUEST)
        expect_success("handfast", handfast)
        expect("status", handfast.stdout.split(b" ")[1:2], [b"400"])
        return {"refused": "in HTTP, with status 400"}
