"""A command that goes on in a process of its own while this terminal only watches, and that a second call finds again.

What is done so far is the state: a process that was killed leaves nothing behind that the next one would not take up.
"""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from django.conf import settings

from extratex.shared.locks import held

SECONDS_BETWEEN_LOOKS = 0.5


class Background:
    """One kind of work, known by its name: the lock it holds and the file into which it writes how far it is."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.log: Path = settings.VAR / "log" / f"{name}.log"

    def is_under_way(self) -> bool:
        """Tell whether a process does this work at the moment."""
        with held(self.name) as free:
            return not free

    def start(self, arguments: Sequence[str]) -> subprocess.Popen[bytes]:
        """Start a command of manage.py that outlives this terminal."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as log:
            return subprocess.Popen(  # noqa: S603 our own manage.py
                [sys.executable, "-u", settings.BASE_DIR / "manage.py", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def lines(self, is_over: Callable[[], bool]) -> Iterator[str]:
        """Yield what the work says, line by line, until it is over."""
        with self.log.open(encoding="utf-8", errors="replace") as log:
            rest, last_look = "", False
            while True:
                *whole, rest = (rest + log.read()).split("\n")
                yield from whole
                if last_look:
                    return
                last_look = is_over()
                if not last_look:
                    time.sleep(SECONDS_BETWEEN_LOOKS)
