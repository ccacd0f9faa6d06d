"""What a fault is: a set-up that is broken in one place, and what must be said of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from certificates import SERVER_NAME, Certificate, Workshop
from network import Raw, Relay

SIDES = ("client", "server")
BOTH = ("1.2", "1.3")


@dataclass
class Side:
    """How one side is set up. Empty lists: the tool's defaults."""

    role: str
    chain: Path | None = None
    key: Path | None = None
    roots: Path | None = None
    versions: tuple[str, ...] = BOTH
    suites: tuple[str, ...] = ()
    """By IANA's names."""
    groups: tuple[str, ...] = ()
    schemes: tuple[str, ...] = ()
    protocols: tuple[str, ...] = ()
    crl: Path | None = None
    asks_status: bool = False
    """Of a client: whether it wants a stapled OCSP response, and judges it."""
    staple: Path | None = None
    """Of a server: the OCSP response that it staples."""
    auth: str = "required"
    """Of a server: whether it asks for a certificate: required, optional or none."""
    knows: str | None = None
    """Of a server: the only name that it serves; it refuses clients that ask for another."""
    name: str = SERVER_NAME
    """Of a client: whom it wants to reach."""
    seconds: int | None = None
    """Its limit for a handshake."""
    has_wrong_key: bool = False
    extended_master_secret: bool = True
    key_transport: bool = False
    refuses_anyone: bool = False
    """Its own rule refuses whatever certificate the other side has."""


@dataclass
class Setup:
    """Both sides of a row. `Raw` sides speak no TLS, and are played by this program."""

    server: Side | Raw
    client: Side | Raw
    relay: Relay | None = None
    """Something between the two."""

    def side(self, role: str) -> Side | Raw:
        return self.server if role == "server" else self.client


class Builder:
    """Starts from two sides that go well together; a fault changes what it is about."""

    def __init__(self, directory: Path, version: str) -> None:
        self.version = version
        self.shop = Workshop(directory)
        self.server = Side("server", versions=(version,))
        self.client = Side("client", versions=(version,))
        self.relay: Relay | None = None
        self.trust("server", self.shop.root)
        self.trust("client", self.shop.root)
        for role in SIDES:
            self.present(role, self.shop.leaf(role), self.shop.intermediate)

    def side(self, role: str) -> Side:
        return self.server if role == "server" else self.client

    def present(self, role: str, leaf: Certificate, *others: Certificate, key: Certificate | None = None) -> None:
        """Gives a side a chain, and the leaf's key or that of another certificate."""
        self.side(role).chain = self.shop.file(f"{role}.pem", leaf.pem, *(one.pem for one in others))
        self.side(role).key = self.shop.file(f"{role}-key.pem", (key or leaf).key_pem)
        self.side(role).has_wrong_key = key is not None

    def trust(self, role: str, *roots: Certificate) -> None:
        self.side(role).roots = self.shop.file(f"{role}-roots.pem", *(one.pem for one in roots))

    def trust_both(self, *roots: Certificate) -> None:
        for role in SIDES:
            self.trust(role, *roots)

    def revoke(self, role: str, *lists: bytes) -> None:
        """Gives a side revocation lists. OpenSSL's commands read the first only."""
        self.side(role).crl = self.shop.file(f"{role}.crl", *lists)

    @property
    def setup(self) -> Setup:
        return Setup(self.server, self.client, self.relay)


@dataclass(frozen=True)
class Expect:
    """What a diagnosis of Handfast's must hold. Each of the tuples lists what will do."""

    causes: tuple[str, ...]
    """None: any."""
    faults: tuple[str | None, ...]
    certainties: tuple[str, ...]
    certificate: tuple[str, int | None] | None = None
    parameter: str | None = None
    remedy: tuple[str, ...] = ()
    """Regular expressions that must all be found in the remedy, whatever the case of letters."""
    remedy_sides: tuple[str | None, ...] = ()
    rank: int = 1
    """Among how many first candidates all this must be found."""


HONEST: dict[str, object] = {
    "causes": (), "faults": (None,), "certainties": ("possible",), "certificate": None, "parameter": None, "remedy": (),
    "remedy_sides": (*SIDES, None), "rank": 1,
}
"""After an alert that tells nothing of a cause which cannot be seen from there: no more than possibilities."""


@dataclass(frozen=True)
class Fault:
    id: str
    theme: str
    text: str
    """The set-up in one line."""
    build: Callable[[Builder], None]
    judge: str | None
    """Which side notices: "client" or "server". None: that depends on the version, or neither can know."""
    fault: str | None
    """Whose set-up has to change. None: either's, or nobody's."""
    cause: str
    cause_words: str
    """A regular expression for what in a tool's output names the cause."""
    remedy: tuple[str, ...]
    """Words that the remedy must have."""
    fix: str
    """For the manual."""
    versions: tuple[str, ...] = BOTH
    certificate: tuple[str, int | None] | None = None
    """Whose, and its place in the chain; None: of a root, or none at all."""
    subjects: tuple[str, ...] = ()
    """The common name of the certificate concerned."""
    parameter: str | None = None
    """The field that is concerned, as Handfast calls it; a regular expression."""
    field_words: str | None = None
    """A regular expression for what in a tool's output names that field."""
    remedy_side: str | None = None
    seen: bool = True
    """Whether the side that is refused can see the cause for itself."""
    refused: dict[str, object] = field(default_factory=dict)
    """Where the refused side's expectation differs: fields of `Expect`."""
    judging: dict[str, object] = field(default_factory=dict)
    """The same of the judging side."""
    told_by: dict[str, dict[str, object]] = field(default_factory=dict)
    """Where what Handfast can know depends on the peer's ways: by "TOOL/ROLE", the role being Handfast's, or by
    "any/ROLE"; for the refused side by "TOOL" too."""
    tolerant: dict[str, str] = field(default_factory=dict)
    """Tools which do not notice, as judges, and why. "TOOL/VERSION" for one version only."""
    cannot: dict[str, str] = field(default_factory=dict)
    """Tools that cannot be set up in that way: "TOOL", "TOOL/client" or "TOOL/server"; and why."""
    kind: str = "fault"
    """Or "success", where nothing must be reported; or "ambiguous", where nothing must be claimed."""
    warning: str | None = None
    """What may be warned of, in a success: a regular expression."""
    raw: str | None = None
    """Which side speaks no TLS."""
    starts: bool = True
    """Whether the side at fault gets so far as to shake hands."""
    is_quick: bool = False

    @property
    def sides(self) -> tuple[str, ...]:
        return SIDES

    def lookup(self, table: dict[str, object], *keys: str):
        return next((table[key] for key in keys if key in table), None)

    def expectation(self, role: str, version: str, judges: bool, peer: str) -> Expect:
        """What Handfast must say as `role`, when `peer` is the tool on the other side."""
        remedy_sides = (self.remedy_side,) if self.remedy_side else (self.fault,) if self.fault else SIDES + (None,)
        common = Expect(
            (self.cause,), (self.fault,), ("certain",), self.certificate, self.parameter, self.remedy, remedy_sides)
        by_role = (f"{peer}/{role}/{version}", f"{peer}/{role}", f"any/{role}")
        if judges:
            return replace(common, **(self.judging | (self.lookup(self.told_by, *by_role) or {})))
        more = self.lookup(self.told_by, *by_role, peer) or {}
        faults = (self.fault,) if self.seen and self.fault else (self.fault, None)
        refused = replace(common, certainties=("likely", "possible"), faults=faults, rank=1 if self.seen else 2)
        return replace(refused, **(self.refused | more))
