"""What happens when somebody leaves an organisation: the apps above say it beforehand, and hand over what is theirs.

A part is registered by each app that ties something to a person; this app knows none of them.
"""

from collections.abc import Callable
from dataclasses import dataclass

from clusters.models import Organisation, User

type Consequences = Callable[[Organisation, User, User | None], list[str]]
type HandOver = Callable[[Organisation, User, User], object]


@dataclass(frozen=True)
class Part:
    """What one kind of work says and does: `says` in sentences before, `hands_over` in the leaving's transaction."""

    says: Consequences
    hands_over: HandOver | None = None


_parts: list[Part] = []


def register(part: Part) -> None:
    """Take part in every departure from now on."""
    _parts.append(part)


def consequences(organisation: Organisation, person: User, heir: User | None) -> list[str]:
    """Return in sentences what happens to the work of somebody who leaves, and who takes it over."""
    return [sentence for part in _parts for sentence in part.says(organisation, person, heir)]


def hand_over(organisation: Organisation, person: User, heir: User) -> None:
    """Give the work of somebody who leaves to the heir; call it inside the transaction of the leaving."""
    for part in _parts:
        if part.hands_over is not None:
            part.hands_over(organisation, person, heir)
