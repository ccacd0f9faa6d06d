"""The implementations of TLS that Handfast is tried with, each in a file of its own."""

from __future__ import annotations

from .curl import Curl
from .gnutls import GnuTLS
from .go import Go
from .haproxy import HAProxy
from .java import Java
from .mldsa import GoMLDSA, NodeMLDSA
from .nginx import Nginx
from .niossl import NIOSSL
from .node import Node
from .openssl import OpenSSL
from .peer import Peer, Row, Setting
from .programs import Missing
from .python import Python
from .stunnel import Stunnel
from .tshark import TShark
from .wget import Wget

ALL: list[type[Peer]] = [
    OpenSSL, GnuTLS, Java, Go, GoMLDSA, Python, Node, NodeMLDSA, NIOSSL, Curl, Wget, Nginx, HAProxy, Stunnel, TShark,
]

__all__ = ["ALL", "Missing", "Peer", "Row", "Setting"]
