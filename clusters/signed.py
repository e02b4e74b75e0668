"""Until when something has been signed: the app of exchanges knows, and says so here, since this app may not ask it.

What is signed is frozen with the facts that were in force on that day; so no fact may begin on such a day or before it.
"""

from collections.abc import Callable
from datetime import date

type Answer = Callable[[], date | None]


class Register:
    """Holds the one answer that a higher app has given."""

    def __init__(self) -> None:
        self.answer: Answer | None = None


register = Register()


def answered_by(answer: Answer) -> None:
    """Let a higher app answer on which day a paper was last signed; None where none was."""
    register.answer = answer


def last_signing_day() -> date | None:
    """Return the day on which a paper was last signed, or None."""
    return register.answer() if register.answer else None
