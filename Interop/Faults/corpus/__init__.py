"""All faults."""

from __future__ import annotations

from fault import Fault

from . import ambiguous, certificates, connections, identities, loading, names, negotiation, successes

THEMES = (certificates, names, identities, negotiation, connections, loading, successes, ambiguous)
FAULTS: list[Fault] = [fault for theme in THEMES for fault in theme.faults()]
