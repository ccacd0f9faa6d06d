"""The tools whose words on failures are compared."""

from __future__ import annotations

from .agent import Go, Java
from .gnutls import GnuTLS
from .handfast import Handfast
from .openssl import OpenSSL
from .tool import NotStarted, Outcome, Tool
from .web import Web

ALL: list[type[Tool]] = [Handfast, OpenSSL, Go, Java, Web, GnuTLS]
PEERS: list[type[Tool]] = [OpenSSL, Go, Java]
"""Those that Handfast is tried against."""

__all__ = ["ALL", "PEERS", "Handfast", "NotStarted", "Outcome", "Tool"]
