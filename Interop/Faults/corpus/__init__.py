"""All faults."""

from __future__ import annotations

from fault import Fault

from . import certificates, connections, identities, loading, names, negotiation

FAULTS: list[Fault] = [
    fault for theme in (certificates, names, identities, negotiation, connections, loading) for fault in theme.all()
]
