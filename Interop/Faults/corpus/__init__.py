"""All faults."""

from __future__ import annotations

from fault import Fault

from . import ambiguous, certificates, connections, identities, loading, names, negotiation, successes

FAULTS: list[Fault] = [
    fault for theme in (certificates, names, identities, negotiation, connections, loading, successes, ambiguous) for fault in theme.all()
]
