"""On which days stays begin at hosts: the app of exchanges knows, and says so here, since this app may not ask it.

A stay takes one of the places that a host has in the period in which it begins. As long as nobody answers, none does.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from datetime import date

type Answer = Callable[[Collection[int]], Iterable[tuple[int, date]]]


class Register:
    """Holds the one answer that a higher app has given."""

    def __init__(self) -> None:
        self.answer: Answer | None = None


register = Register()


def answered_by(answer: Answer) -> None:
    """Let a higher app answer when stays begin at hosts that are given by the keys of their candidatures."""
    register.answer = answer


def begun_at(hosts: Collection[int]) -> dict[int, list[date]]:
    """Return the first days of the stays at each host that has any, by the key of its candidature."""
    found: dict[int, list[date]] = defaultdict(list)
    for host, first_day in register.answer(hosts) if register.answer and hosts else ():
        found[host].append(first_day)
    return found
