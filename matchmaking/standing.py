"""What a plan has to know of the exchanges: which count already, and what a stay costs.

The app of exchanges knows, and says so here, since this app may not ask it. As long as nobody answers, there is no
exchange yet and no sum is known.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from clusters.models import Partnership


@dataclass(frozen=True)
class Made:
    """An exchange that counts towards the targets already; `cost` is what it will still take of the budget, in euro."""

    sme: bool
    member: bool
    cross_sector: bool
    cost: Decimal


@dataclass(frozen=True)
class StaySum:
    """What a stay costs in euro: with a host at least `near_km` away, and with a nearer one."""

    far: Decimal
    near: Decimal
    near_km: float


type Stay = tuple[str, int]
"""The country of the host and the working days."""


class Register:
    """Holds the answers that a higher app has given."""

    def __init__(self) -> None:
        self.made: Callable[[Partnership], Collection[Made]] | None = None
        self.sums: Callable[[Collection[Stay]], Mapping[Stay, StaySum]] | None = None


register = Register()


def answered_by(
    made: Callable[[Partnership], Collection[Made]], sums: Callable[[Collection[Stay]], Mapping[Stay, StaySum]]
) -> None:
    """Let a higher app answer for the exchanges of a partnership, and for the sums of stays."""
    register.made, register.sums = made, sums


def made_by(partnership: Partnership) -> Collection[Made]:
    """Return the exchanges of a partnership that are not cancelled."""
    return register.made(partnership) if register.made else ()


def sums_of(stays: Collection[Stay]) -> Mapping[Stay, StaySum]:
    """Return what stays cost by the rates in force; a stay for which no sum is laid down is left out."""
    return register.sums(stays) if register.sums else {}
