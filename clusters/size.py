"""How large an enterprise is, by the European definition (Recommendation 2003/361/EC, annex, article 2)."""

from decimal import Decimal
from enum import StrEnum


class SizeClass(StrEnum):
    """The classes of the definition."""

    MICRO = "micro"
    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


MILLION = Decimal(1_000_000)
LIMITS = (
    (SizeClass.MICRO, 10, 2 * MILLION, 2 * MILLION),
    (SizeClass.SMALL, 50, 10 * MILLION, 10 * MILLION),
    (SizeClass.MEDIUM, 250, 50 * MILLION, 43 * MILLION),
)


def size_class(headcount: int, turnover: Decimal | None, balance: Decimal | None) -> SizeClass:
    """Return the class for staff in full-time equivalents, and turnover and balance sheet total in euro.

    Staff must lie below the limit, and turnover or balance sheet must not exceed theirs; of the two, one suffices. A
    figure that is not known counts against nobody. Partner and linked enterprises are to be counted in by who reports.
    """
    for size, staff_below, turnover_up_to, balance_up_to in LIMITS:
        if headcount < staff_below and _fits(turnover, turnover_up_to, balance, balance_up_to):
            return size
    return SizeClass.LARGE


def _fits(turnover: Decimal | None, turnover_up_to: Decimal, balance: Decimal | None, balance_up_to: Decimal) -> bool:
    if turnover is None and balance is None:
        return True
    return (turnover is not None and turnover <= turnover_up_to) or (balance is not None and balance <= balance_up_to)
