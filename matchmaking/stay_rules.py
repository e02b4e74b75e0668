"""Whether proposed days make a stay: the app of exchanges knows the rules, and says so here.

This app may not ask it. As long as nobody answers, nothing is said against any days.
"""

from collections.abc import Callable
from datetime import date

type Days = tuple[date, date]
"""The first and the last day of a stay, both included."""
type Answer = Callable[[str, Days], list[str]]


class Register:
    """Holds the one answer that a higher app has given."""

    def __init__(self) -> None:
        self.answer: Answer | None = None


register = Register()


def answered_by(answer: Answer) -> None:
    """Let a higher app say in words what the rules have against a stay of some days in a country."""
    register.answer = answer


def against_days(country: str, days: Days) -> list[str]:
    """Say in words what the rules have against a stay of these days in this country."""
    return register.answer(country, days) if register.answer else []
