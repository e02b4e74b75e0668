"""The demonstration: the programme, its people, and organisations that take part."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clusters.seeding import PASSWORD, generate_organisations, load_people, load_programme, prolong_rates
from matchmaking.seeding import load_candidatures

ORGANISATIONS = 60
MOST_ORGANISATIONS = 500_000


class Command(BaseCommand):
    """Load the demonstration programme; a second run only adds what is missing."""

    help = "Load the demonstration programme with its people and N made-up organisations."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the number of organisations."""
        parser.add_argument("--organisations", type=int, default=ORGANISATIONS, metavar="N")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Load everything, and say who can sign in."""
        number = options["organisations"]
        if not 0 <= number <= MOST_ORGANISATIONS:
            raise CommandError(f"--organisations must lie between 0 and {MOST_ORGANISATIONS}, not {number}.")
        load_programme()
        prolong_rates()
        people = load_people()
        created = generate_organisations(number)
        load_candidatures()
        self.stdout.write(f"The demonstration programme is loaded; organisations made up now: {created}.")
        self.stdout.write(f"Accounts, all with the password {PASSWORD}:")
        for person in people:
            self.stdout.write(f"  {person.address:<26} {person.purpose}")
