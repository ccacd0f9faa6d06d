"""A throwaway PKI made with the openssl command line: root, intermediate and leaves of every key kind, good and bad."""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

SERVER_NAME = "server.example"

KEY_KINDS: dict[str, list[str]] = {
    "ECDSA-P256": ["EC", "ec_paramgen_curve:P-256"],
    "ECDSA-P384": ["EC", "ec_paramgen_curve:P-384"],
    "ECDSA-P521": ["EC", "ec_paramgen_curve:P-521"],
    "RSA-2048": ["RSA", "rsa_keygen_bits:2048"],
    "RSA-3072": ["RSA", "rsa_keygen_bits:3072"],
    "Ed25519": ["ED25519"],
}

CONFIG = f"""
[ca]
default_ca = all
[all]
dir = .
database = ./index.txt
new_certs_dir = .
serial = ./serial
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[intermediate]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:{SERVER_NAME}, IP:127.0.0.1
authorityKeyIdentifier = keyid
[server_rsa]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature, keyEncipherment
extendedKeyUsage = serverAuth
subjectAltName = DNS:{SERVER_NAME}, IP:127.0.0.1
authorityKeyIdentifier = keyid
[server_elsewhere]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:elsewhere.example
authorityKeyIdentifier = keyid
[client]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
subjectAltName = URI:spiffe://example/client
authorityKeyIdentifier = keyid
"""


@dataclass(frozen=True)
class Identity:
    """Where a certificate, its chain and its key are."""

    leaf: Path
    key: Path
    issuers: Path
    """The intermediates, as OpenSSL's -cert_chain wants them."""

    @property
    def chain(self) -> Path:
        """Leaf and intermediates in one file, as handfast's --cert wants them."""
        return self.leaf.with_suffix(".chain.pem")

    @property
    def public_key(self) -> Path:
        return self.key.with_suffix(".pub")


class PKI:
    """Everything in one directory. `leaf(role, kind)` is good; the rest is bad in the way that its name says."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        (directory / "ca.cnf").write_text(CONFIG)
        (directory / "index.txt").touch()
        (directory / "serial").write_text("1000\n")
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(self._make_key, [*KEY_KINDS, "root", "intermediate", "other"]))
        self.root = self._self_signed("root")
        self.other_root = self._self_signed("other")
        self._issue("intermediate", "root", "intermediate", "intermediate")
        for role in ("server", "client"):
            for kind in KEY_KINDS:
                section = "server_rsa" if role == "server" and kind.startswith("RSA") else role
                self._issue(f"{role}-{kind}", "intermediate", section, kind)
            self._issue(f"{role}-expired", "intermediate", role, "ECDSA-P256", ("20200101000000Z", "20200201000000Z"))
            self._issue(f"{role}-stranger", "other", role, "ECDSA-P256")

        self._issue("server-elsewhere", "intermediate", "server_elsewhere", "ECDSA-P256")

    def leaf(self, role: str, kind: str) -> Identity:
        return Identity(self._pem(f"{role}-{kind}"), self._key(kind), self._pem("intermediate"))

    def expired(self, role: str) -> Identity:
        return Identity(self._pem(f"{role}-expired"), self._key("ECDSA-P256"), self._pem("intermediate"))

    def stranger(self, role: str) -> Identity:
        """Issued by another root."""
        return Identity(self._pem(f"{role}-stranger"), self._key("ECDSA-P256"), self._pem("other"))

    def elsewhere(self) -> Identity:
        """A server's, for another name, and for no address."""
        return Identity(self._pem("server-elsewhere"), self._key("ECDSA-P256"), self._pem("intermediate"))

    def wrong_usage(self, role: str) -> Identity:
        """Issued for the other role."""
        return self.leaf("client" if role == "server" else "server", "ECDSA-P256")

    def _pem(self, name: str) -> Path:
        return self.directory / f"{name}.pem"

    def _key(self, name: str) -> Path:
        return self.directory / f"{name}.key"

    def _openssl(self, *arguments: str) -> None:
        subprocess.run(
            ["openssl", *arguments], cwd=self.directory, check=True, capture_output=True, timeout=60)

    def _make_key(self, name: str) -> None:
        algorithm, *options = KEY_KINDS.get(name, KEY_KINDS["ECDSA-P256"])
        pairs = [word for option in options for word in ("-pkeyopt", option)]
        self._openssl("genpkey", "-algorithm", algorithm, *pairs, "-out", f"{name}.key")
        self._openssl("pkey", "-in", f"{name}.key", "-pubout", "-out", f"{name}.pub")

    def _self_signed(self, name: str) -> Path:
        self._openssl(
            "req", "-x509", "-new", "-key", f"{name}.key", "-subj", f"/CN=Interop {name}", "-days", "2",
            "-config", "ca.cnf", "-extensions", "root", "-out", f"{name}.pem")
        return self._pem(name)

    def _issue(
        self, name: str, issuer: str, section: str, key: str, dates: tuple[str, str] | None = None
    ) -> None:
        self._openssl(
            "req", "-new", "-key", f"{key}.key", "-subj", f"/CN={name}", "-config", "ca.cnf", "-out", f"{name}.csr")
        validity = ["-startdate", dates[0], "-enddate", dates[1]] if dates else ["-days", "2"]
        self._openssl(
            "ca", "-batch", "-notext", "-config", "ca.cnf", "-cert", f"{issuer}.pem", "-keyfile", f"{issuer}.key",
            "-extensions", section, *validity, "-in", f"{name}.csr", "-out", f"{name}.pem")
        chain = self._pem(name).read_text() + (self._pem(issuer).read_text() if issuer == "intermediate" else "")
        self._pem(name).with_suffix(".chain.pem").write_text(chain)
