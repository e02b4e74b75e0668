"""How long a search may take; the only thing in the engine that looks at a clock, and never for an answer."""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter


@dataclass(slots=True)
class Clock:
    """The time that a search has, and whether somebody has called it off."""

    seconds: float | None = None
    cancelled: Callable[[], bool] = field(default=lambda: False)
    begun: float = field(default_factory=perf_counter)

    def left(self) -> float | None:
        """Return the seconds left, None where nothing limits them."""
        return None if self.seconds is None else self.seconds - (perf_counter() - self.begun)

    def over(self, share: float = 1.0) -> bool:
        """Return whether this share of the time has passed, or the search was called off."""
        if self.cancelled():
            return True
        return self.seconds is not None and perf_counter() - self.begun >= share * self.seconds
