"""The demonstration: the programme, its people, and organisations that take part."""

import subprocess
import time
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clusters.seeding import (
    PASSWORD,
    Person,
    fitting,
    generate_clusters,
    generate_organisations,
    generated_organisations,
    load_calls,
    load_people,
    load_programme,
    load_publications,
    prolong_rates,
)
from exchanges.background import Background
from extratex.shared.locks import held
from matchmaking.seeding import load_candidatures, load_plan

ORGANISATIONS = 60
MOST_ORGANISATIONS = 500_000
MOST_CLUSTERS = 3000
MOST_AT_ONCE = 5000


class Command(BaseCommand):
    """Load the demonstration programme; a second run only adds what is missing."""

    help = (
        "Load the demonstration programme with its people and N made-up organisations. Many are made in a process of "
        "its own, which this command watches: Ctrl-C ends only the watching, and the same command watches it again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the number of organisations and of clusters."""
        parser.add_argument("--organisations", type=int, default=ORGANISATIONS, metavar="N")
        parser.add_argument(
            "--clusters",
            type=int,
            metavar="N",
            help="made-up clusters besides those of the programme; left out: as many as suit the organisations",
        )
        parser.add_argument("--here", action="store_true", help="make everything in this process, however many")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Load everything, and say who can sign in."""
        number = options["organisations"]
        clusters = fitting(number) if options["clusters"] is None else options["clusters"]
        _check("--organisations", number, MOST_ORGANISATIONS)
        _check("--clusters", clusters, MOST_CLUSTERS)
        load_programme()
        prolong_rates()
        load_calls()
        people = load_people()
        load_publications()
        missing = number - generated_organisations()
        if options["here"] or missing <= MOST_AT_ONCE:
            created = self._make(number, clusters)
            self.stdout.write(f"The demonstration programme is loaded; organisations made up now: {created}.")
        elif not self._watch(number, clusters):
            return
        if not options["here"]:
            self._introduce(people)

    def _make(self, number: int, clusters: int) -> int:
        """Make what is missing, in this process."""
        with held(Background("demo").name) as free:
            if not free:
                raise CommandError("Another process is making organisations at the moment: wait until it is done.")
            new = generate_clusters(clusters)
            if new:
                self.stdout.write(f"clusters made up now: {new}")
            created = generate_organisations(number, tell=Progress(self.stdout.write, "organisations"))
            load_candidatures(tell=Progress(self.stdout.write, "organisations looked at for a candidature"))
            load_plan()
        return created

    def _watch(self, number: int, clusters: int) -> bool:
        """Let another process make what is missing and show how far it is; answer whether it is done."""
        work = Background("demo")
        process: subprocess.Popen[bytes] | None = None
        if not work.is_under_way():
            process = work.start(["demo", "--here", f"--organisations={number}", f"--clusters={clusters}"])
        try:
            for line in work.lines(lambda: _is_over(work, process)):
                self.stdout.write(line)
        except KeyboardInterrupt:
            self.stdout.write("It goes on in the background. The same command shows again how far it is.")
            return False
        if process is not None and process.returncode:
            raise CommandError(f"It ended before it was done: see {work.log}. The same command goes on from there.")
        return True

    def _introduce(self, people: tuple[Person, ...]) -> None:
        self.stdout.write(f"Accounts, all with the password {PASSWORD}:")
        for person in people:
            self.stdout.write(f"  {person.address:<26} {person.purpose}")


class Progress:
    """Says how far something is, how fast, and for how long still."""

    def __init__(self, say: Callable[[str], object], what: str) -> None:
        self.say = say
        self.what = what
        self.first: int | None = None
        self.began = time.monotonic()

    def __call__(self, done: int, wanted: int) -> None:
        """Say that this many of so many are done; the pace counts from the first word on."""
        if self.first is None:
            self.first, self.began = done, time.monotonic()
            pace = ""
        else:
            a_second = (done - self.first) / max(time.monotonic() - self.began, 0.001)
            left = (wanted - done) / max(a_second, 0.001)
            pace = f"  {a_second:,.0f} a second, {left:.0f} s left"
        self.say(f"{self.what}: {done:,} of {wanted:,}{pace}")


def _is_over(work: Background, process: subprocess.Popen[bytes] | None) -> bool:
    return not work.is_under_way() if process is None else process.poll() is not None


def _check(option: str, number: int, most: int) -> None:
    if not 0 <= number <= most:
        raise CommandError(f"{option} must lie between 0 and {most}, not {number}.")
