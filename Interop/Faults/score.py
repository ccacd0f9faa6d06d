"""How well a tool explains a failure, by a rule that needs no judgement. README.md has it in words."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from fault import Fault

NEAR = 2
"""Lines on either side of the one that names the cause."""


@dataclass(frozen=True)
class Named:
    cause: bool
    object: bool

    @property
    def both(self) -> bool:
        return self.cause and self.object


def named(fault: Fault, output: str) -> Named:
    """Whether the output names the cause, and near it the certificate or field."""
    lines = output.splitlines()
    at = [number for number, line in enumerate(lines) if re.search(f"{fault.cause_words}|{fault.cause}", line, re.I)]
    words = object_words(fault)
    near = {other for number in at for other in range(max(0, number - NEAR), min(len(lines), number + NEAR + 1))}
    return Named(bool(at), any(re.search(words, lines[number], re.I) for number in near))


def object_words(fault: Fault) -> str:
    words = [fault.field_words] if fault.field_words else []
    words += fault.subjects
    if fault.certificate:
        owner, position = fault.certificate
        if position == 0:
            words.append(rf"\b{owner}('s)?( SSL| leaf| TLS)? certificate|leaf certificate|end.entity")
    return "|".join(words)


@dataclass
class Score:
    """Of one tool, with itself on both sides."""

    version: str
    failures: int = 0
    """That have two sides."""
    both_sides: int = 0
    either_side: int = 0
    alone: int = 0
    """Failures that only one side can tell of."""
    alone_named: int = 0
    sides: int = 0
    sides_cause: int = 0
    unnoticed: list[str] = field(default_factory=list)
    not_tried: dict[str, str] = field(default_factory=dict)

    def add(self, found: list[Named]) -> None:
        self.sides += len(found)
        self.sides_cause += sum(one.cause for one in found)
        if len(found) == 1:
            self.alone += 1
            self.alone_named += found[0].both
        else:
            self.failures += 1
            self.both_sides += all(one.both for one in found)
            self.either_side += any(one.both for one in found)

    def entry(self) -> dict[str, object]:
        return {
            "version": self.version, "failuresWithTwoSides": self.failures, "namedOnBothSides": self.both_sides,
            "namedOnEitherSide": self.either_side, "failuresWithOneSide": self.alone,
            "namedOnThatSide": self.alone_named,
            "sides": self.sides, "sidesThatNameTheCause": self.sides_cause, "unnoticed": self.unnoticed,
            "notTried": self.not_tried,
        }
