"""How fast staff find their organisations among 200,000: lists, queue, searches, beside the same with 200.

Run as `python -m bench.organisations [ORGANISATIONS] [--keep]`; without a number, ORGANISATIONS of the environment
counts. Two databases are made for it and dropped afterwards; with `--keep` they stay and are used again. The few, the
many and the bare page of Django (bench.floor) take turns, so that whatever else the machine does strikes all alike.

Targets: at most 3 times the page with 200 organisations, at most 2 times the bare page of as many queries and rows.
"""

import argparse
import os
import time
from collections import defaultdict
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from django.db.models import Count
from django.http import HttpResponse
from django.test import Client

from bench import _portal as portal
from bench import floor
from clusters.duplicates import frequencies
from clusters.enums import StaffRoleName
from clusters.models import Cluster, Organisation, Partnership, StaffRole, User
from clusters.seeding import fitting, generate_clusters, generate_organisations
from extratex.shared.paging import KeyedPage

FEW, MANY = 200, 200_000
NAMES = {"few": "bench_organisations_few", "many": "bench_organisations_many"}
FACTS = "bench_facts"
ROUNDS, TIMES = 4, 4
TIMES_FEW, TIMES_FLOOR = 3, 2


LIST, OPTIONS = "/organisations/", "/organisations/options/"
PAGES = {
    "list": LIST + "?status=",
    "list, far behind": LIST + "?after={far}",
    "queue of validation": LIST + "?status=submitted",
    "list of a country": LIST + "?country={country}",
    "list of a type": LIST + "?type=scaling_up&status=validated",
    "search, rare name": LIST + "?q={rare}",
    "search, common word": LIST + "?q={common}",
    "typeahead, 3 letters": OPTIONS + "?q={short}",
    "typeahead, a name": OPTIONS + "?q={rare}",
    "duplicates of a name": "/duplicates/?legal_name={slip}&country={country}&town={town}",
    "find before one registers": "/organisation/new/?legal_name={slip}",
}


@dataclass
class Reader:
    """Somebody who is signed in to one of the databases, and what such a person looks for there."""

    client: Client
    words: dict[str, str]

    def path(self, page: str) -> str:
        return PAGES[page].format(**self.words)

    def ask(self, page: str) -> HttpResponse:
        answer = self.client.get(self.path(page))
        assert answer.status_code == HTTPStatus.OK, (page, answer.status_code)
        return answer


@dataclass
class Figures:
    """What was measured of one page for one role in one database."""

    rows: int = 0
    queries: int = 0
    page: list[float] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)


def main(organisations: int, *, keep: bool) -> None:
    portal.ready()
    try:
        build({NAMES["few"]: min(FEW, organisations), NAMES["many"]: organisations})
        report(measured())
    finally:
        if not keep:
            for name in NAMES.values():
                portal.drop(name)


def build(wanted: dict[str, int]) -> None:
    """Make the databases unless they have been kept, and say how long their organisations took."""
    if not all(portal.exists(name) for name in wanted):
        portal.create_with_facts(FACTS)
        for name in wanted:
            portal.drop(name)
            portal.create(name, like=FACTS)
        portal.drop(FACTS)
    for name, number in wanted.items():
        with portal.database(name):
            begun = time.perf_counter()
            clusters = generate_clusters(fitting(number))
            created = generate_organisations(number)
            seconds = time.perf_counter() - begun
            print(f"{created:,} organisations and {clusters:,} clusters made up in {seconds:,.1f} s", flush=True)


def readers() -> dict[str, Reader]:
    """Sign somebody in for each role: for the clusters and the partnership that have most to look after."""
    busiest = list(Cluster.objects.annotate(number=Count("organisations")).order_by("-number", "pk")[:1])
    led = Partnership.objects.annotate(number=Count("members__cluster__organisations")).order_by("-number", "pk")[0]
    return {
        "cluster": _reader("one", StaffRoleName.REFERENCE_STAFF, cluster=busiest),
        "coordinator": _reader("coordinator", StaffRoleName.COORDINATOR, partnership=[led]),
        "programme": _reader("programme", StaffRoleName.PROGRAMME_OFFICER, cluster=[None]),
    }


def _reader(name: str, role: StaffRoleName, **places: Any) -> Reader:
    person, _is_new = User.objects.get_or_create(email=f"bench-{name}@test.example", defaults={"name": name})
    ((kind, found),) = places.items()
    for place in found:
        StaffRole.objects.get_or_create(user=person, role=role, **{kind: place})
    rows = Organisation.objects.visible_to(User.objects.get(pk=person.pk)).for_list()
    number = rows.count()
    example = rows.exclude(town="").order_by("pk")[number // 3]
    craft, surname = example.legal_name.split()[0], max(example.name_key.split(), key=len)
    words = {
        "far": KeyedPage(rows.filter(pk=rows[number // 2].pk), {}, 1).next_key,
        "country": example.country.code,
        "town": example.town,
        "rare": " ".join(example.legal_name.split()[:-1]),
        "common": craft,
        "short": craft[:3],
        "slip": example.legal_name.replace(surname[2:4], surname[2], 1),
    }
    return Reader(portal.signed_in(person), words)


def measured() -> dict[str, dict[tuple[str, str], Figures]]:
    """Let the two databases, the pages and the bare pages take turns."""
    found: dict[str, dict[tuple[str, str], Figures]] = {size: defaultdict(Figures) for size in NAMES}
    people = {}
    for turn in range(ROUNDS):
        for size, name in NAMES.items():
            with portal.database(name):
                frequencies.forget()
                people.setdefault(size, readers() if turn == 0 else {})
                for role, reader in people[size].items():
                    for page in PAGES:
                        _measure(found[size][page, role], reader, page, is_first=turn == 0)
    return found


def _measure(figures: Figures, reader: Reader, page: str, *, is_first: bool) -> None:
    if is_first:
        around = portal.queries_of(lambda: floor.ask(reader.client, 0, 0))
        figures.queries = portal.queries_of(lambda: reader.ask(page)) - around
        html = reader.ask(page).content
        figures.rows = (
            html.count(b"<option value") if OPTIONS in reader.path(page) else html.count(b"data-organisation")
        )
    figures.page += portal.milliseconds(lambda: reader.ask(page), TIMES)
    figures.floor += portal.milliseconds(lambda: floor.ask(reader.client, figures.queries, figures.rows), TIMES)


def report(found: dict[str, dict[tuple[str, str], Figures]]) -> None:
    """Print a line for each page and role, and how many miss a target."""
    print(f"{'page':<22}{'role':<13}{'rows':>5}{'queries':>9}{'few ms':>9}{'many ms':>9}{'floor ms':>10}", end="")
    print(f"{'many/few':>10}{'many/floor':>12}")
    missed = 0
    for (page, role), many in found["many"].items():
        few = portal.fastest(found["few"][page, role].page)
        here, bare = portal.fastest(many.page), portal.fastest(many.floor)
        late = here > TIMES_FEW * few or here > TIMES_FLOOR * bare
        missed += late
        print(f"{page:<22}{role:<13}{many.rows:>5}{many.queries:>9}{few:>9.1f}{here:>9.1f}{bare:>10.1f}", end="")
        print(f"{here / few:>10.2f}{here / bare:>12.2f}{'  over' if late else ''}")
    print(f"targets: many/few at most {TIMES_FEW}, many/floor at most {TIMES_FLOOR}; over: {missed}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.organisations")
    number = int(os.environ.get("ORGANISATIONS", MANY))
    parser.add_argument("organisations", type=int, nargs="?", default=number)
    parser.add_argument("--keep", action="store_true", help="leave the databases, and use those that are there")
    chosen = parser.parse_args()
    main(chosen.organisations, keep=chosen.keep)
