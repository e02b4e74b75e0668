"""Who has visited already: the app of exchanges knows, and says so here, since this app may not ask it.

Each organisation visits once in the whole scheme. As long as nobody answers, nobody has visited.
"""

from collections.abc import Callable, Collection

type Answer = Callable[[Collection[int]], Collection[int]]


class Register:
    """Holds the one answer that a higher app has given."""

    def __init__(self) -> None:
        self.answer: Answer | None = None


register = Register()


def answered_by(answer: Answer) -> None:
    """Let a higher app answer which of some organisations, given by their keys, have visited or are about to."""
    register.answer = answer


def visited_among(organisations: Collection[int]) -> frozenset[int]:
    """Return those of the organisations, by their keys, that have visited or are about to."""
    return frozenset(register.answer(organisations)) if register.answer and organisations else frozenset()
