"""How a lump sum is said in the reader's language."""

from dataclasses import dataclass
from decimal import Decimal

from clusters.words import days_in_words, listed, period_in_words, sentence, shown
from exchanges.rules.lump_sum import Derivation

__all__ = ["ShownLine", "ShownSum", "days_in_words", "listed", "period_in_words", "sentence", "shown", "sum_in_words"]


@dataclass(frozen=True)
class ShownLine:
    """One line of a derivation as a person reads it."""

    step: str
    because: str
    amount: Decimal | None


@dataclass(frozen=True)
class ShownSum:
    """A derivation as a person reads it: its lines, and the last one as the result."""

    lines: tuple[ShownLine, ...]
    result: ShownLine


def sum_in_words(derivation: Derivation) -> ShownSum:
    """Return a derivation in words."""
    lines = tuple(ShownLine(sentence(line.step), sentence(line.because), line.amount) for line in derivation.lines)
    return ShownSum(lines[:-1], lines[-1])
