"""wget as a client. Debian builds it with GnuTLS."""

from __future__ import annotations

import subprocess

from cases import Case
from child import Child

from .curl import WebClient, page
from .gnutls import priorities
from .peer import Refused, Seen
from .programs import Missing, first_line, program


class Wget(WebClient):
    name = "wget"
    lacks_as_client = {"Ed25519": "it sends no certificate then, to OpenSSL's s_server neither"}
    judges_late = frozenset({"expired server", "wrong name"})

    @classmethod
    def version(cls) -> str:
        built = subprocess.run([program("wget"), "--version"], capture_output=True, text=True, timeout=30).stdout
        if "+ssl/gnutls" not in built:
            raise Missing("this wget is not built with GnuTLS, as Debian's is: its suites are chosen in another way")
        return first_line("wget", "--version").removesuffix(" built on linux-gnu.") + ", with GnuTLS"

    def client(self, case: Case, port: str) -> Seen:
        own = [f"--certificate={case.client.chain}", f"--private-key={case.client.key}"] if case.client else []
        # It can neither be told an address for a name, nor to send another name. The certificate names 127.0.0.1 too.
        with Child(
            "wget", "--no-config", "--no-proxy", "--no-hsts", "--tries=1", "--timeout=15", "-4", "-O", "-",
            f"--ciphers={priorities(case)}", f"--ca-certificate={self.setting.pki.root}", *own,
            f"https://127.0.0.1:{port}/"
        ) as client:
            if client.exit_status() != 0:
                raise Refused(f"wget:\n{client.text}")
            page(client, case)
            return Seen(None, None)

    def finished(self, handfast: Child) -> dict[str, object]:
        """wget says no goodbye. If it closes the socket with ours unread, the system even resets the connection."""
        status = handfast.exit_status()
        if status not in (0, 12, 69):
            raise AssertionError(f"handfast ends with status {status}:\n{handfast.stderr}")
        return {"closing": "without a goodbye", "exit status": status}
