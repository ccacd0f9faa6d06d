"""curl as client and nginx as server: the pair that most people meet."""

from __future__ import annotations

from pathlib import Path

from child import Child
from fault import Side
from peers.programs import first_line, free_port, program, wait_for

from .openssl import GROUPS, SUITES
from .tool import Outcome, Program, ended

CONFIG = """
daemon off;
master_process off;
pid {directory}/pid;
error_log stderr info;
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
    {more}
    location / {{ return 200 "level\\n"; }}
  }}
}}
"""


class Web(Program):
    """As a client it is curl, as a server nginx. Its log has a level more than by default."""

    name = "curl+nginx"
    stays = True

    @classmethod
    def version(cls) -> str:
        nginx = first_line(program("nginx", "/usr/sbin/nginx"), "-v").removeprefix("nginx version: ")
        return " ".join(first_line(program("curl"), "--version").split()[:2]) + ", " + nginx

    def cannot(self, side: Side) -> str | None:
        if side.schemes or side.knows or side.key_transport or side.protocols or not side.extended_master_secret:
            return "not tried"
        if side.role == "client" and side.crl:
            return "not tried"
        if side.versions == ("1.3",) and side.suites:
            return "not tried"
        if side.role == "server" and side.seconds:
            return "not tried"
        if set(side.groups) == {"X25519MLKEM768"}:
            return "this version has no ML-KEM"
        if side.refuses_anyone:
            return "its command has no rule of its own"
        if side.has_wrong_key:
            return "it refuses a key that does not belong to the certificate when it starts"
        return None

    def server_command(self, side: Side, directory: Path) -> tuple[list[object], int | None]:
        port = free_port()
        more = [f"ssl_protocols {' '.join(f'TLSv{version}' for version in side.versions)};"]
        if side.chain:
            more += [f"ssl_certificate {side.chain};", f"ssl_certificate_key {side.key};"]
        if side.auth != "none":
            more += [
                f"ssl_verify_client {'on' if side.auth == 'required' else 'optional'};", "ssl_verify_depth 9;",
                f"ssl_client_certificate {side.roots};",
            ]
        if side.crl:
            more.append(f"ssl_crl {side.crl};")
        if side.suites:
            more.append(f"ssl_ciphers {':'.join(SUITES[suite] for suite in side.suites)};")
        if side.groups:
            more.append(f"ssl_ecdh_curve {':'.join(GROUPS.get(group, group) for group in side.groups)};")
        folder = directory / "nginx"
        folder.mkdir()
        (folder / "conf").write_text(CONFIG.format(directory=folder, port=port, more=" ".join(more)))
        return [program("nginx", "/usr/sbin/nginx"), "-p", folder, "-e", "stderr", "-c", folder / "conf"], port

    def await_listening(self, child: Child, port: int | None) -> int:
        assert port
        wait_for(port, child)
        return port

    def client_command(self, side: Side, port: int, directory: Path) -> list[object]:
        is_address = side.name.replace(".", "").isdigit()
        command: list[object] = [
            "curl", "--verbose", "--silent", "--show-error", "--fail", "--http1.1", "--no-alpn", "--max-time",
            side.seconds or 8, "--noproxy", "*", "--cacert", side.roots, "--tlsv1.2",
        ]
        if not is_address:
            command += ["--resolve", f"{side.name}:{port}:127.0.0.1"]
        if side.versions == ("1.3",):
            command += ["--tlsv1.3"]
        if side.versions == ("1.2",):
            command += ["--tls-max", "1.2"]
        if side.suites:
            command += ["--ciphers", ":".join(SUITES[suite] for suite in side.suites)]
        if side.groups:
            command += ["--curves", ":".join(GROUPS.get(group, group) for group in side.groups)]
        if side.chain:
            command += ["--cert", side.chain, "--key", side.key]
        return [*command, f"https://{side.name}:{port}/"]

    def await_answer(self, child: Child) -> bool:
        ended(child, 9.0)
        return child.stdout == self.answer

    def outcome(self, child: Child, side: Side, directory: Path, works: bool = False) -> Outcome:
        outcome = super().outcome(child, side, directory, works)
        # What it notes of its own start and end is about nothing.
        outcome.shown = "\n".join(line for line in outcome.shown.splitlines() if "[notice]" not in line) + "\n"
        return outcome
