"""stunnel as a server that requires client certificates, in front of `cat`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from cases import GROUPS, Case, Resumption
from child import Child
from matrix import Abilities

from .peer import MatrixPeer, Seen, Server
from .programs import first_line, free_port, program

CONFIG = """
foreground = yes
pid =
debug = info
syslog = no
[echo]
accept = 127.0.0.1:{port}
exec = /bin/cat
execArgs = cat
cert = {chain}
key = {key}
CAfile = {root}
verifyChain = yes
requireCert = yes
{more}
TIMEOUTclose = 5
"""


class Stunnel(MatrixPeer):
    name = "stunnel"
    abilities = Abilities(sides=("client",), resumes={"client": (Resumption.PSK, Resumption.TICKET)})

    @classmethod
    def version(cls) -> str:
        return first_line("sh", "-c", f"{program('stunnel4', 'stunnel')} -version 2>&1 | grep ^stunnel")

    @contextmanager
    def server(self, case: Case) -> Iterator[Server]:
        port = free_port()
        config = self.setting.directory / f"stunnel-{port}.conf"
        more = []
        if case.peer_version == "TLS 1.2":
            more.append("sslVersionMax = TLSv1.2")
        if not case.is_13 and case.suite != "-":
            more.append(f"ciphers = {self.suites[case.suite]}")
        if case.peer_groups:
            more.append(f"curves = {':'.join(GROUPS[group] for group in case.peer_groups)}")
        config.write_text(
            CONFIG.format(
                port=port, chain=case.server.chain, key=case.server.key, root=self.setting.pki.root,
                more="\n".join(more)))
        with Child(program("stunnel4", "stunnel"), config) as child:
            child.find("Configuration successful")
            yield StunnelServer(child, port)


class StunnelServer(Server):
    def __init__(self, child: Child, port: int) -> None:
        self.child = child
        self.port = port

    def seen(self, handfast: Child) -> Seen:
        subject = self.child.find(r"Certificate accepted at depth=0: CN ?= ?(\S+)")[1]
        version, suite = self.child.find(r"(TLSv\S+) ciphersuite: (\S+)").groups()
        return Seen(suite, subject, version)
