"""The suites by the names that the standards give them."""

from __future__ import annotations

from cases import SUITES, SUITES_13

IANA = {suite: f"TLS_{suite}" for suite in [*SUITES, *SUITES_13]}
