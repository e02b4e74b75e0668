"""How fast hosts are ranked: seconds, pairs a second and peak memory for generated visitors and hosts.

Run as `python -m bench.matching [VISITORS] [HOSTS]`, 2,000 of each where nothing is said.
"""

import random
import sys
import time
import tracemalloc
from datetime import date, timedelta

from matchmaking.engine.candidates import rank_all
from matchmaking.engine.model import Host, Visitor, Weights, Window

SEED = 874137
KEPT = 20
COUNTRIES = [
    "AT",
    "BE",
    "CZ",
    "DE",
    "DK",
    "EE",
    "ES",
    "FI",
    "FR",
    "GR",
    "HR",
    "HU",
    "IT",
    "LT",
    "NL",
    "PL",
    "PT",
    "SE",
    "SK",
    "TR",
]
LANGUAGES = ["cs", "da", "de", "en", "es", "fi", "fr", "hu", "it", "nl", "pl", "pt", "sk", "sv", "tr"]
TECHNOLOGIES = [f"technology {number}" for number in range(120)]
SECTORS = [f"sector {number}" for number in range(51)]
PURPOSES = [f"purpose {number}" for number in range(4)]
WEIGHTS = Weights(technologies=40, cross_sector=20, purposes=10, preferred_country=10, dates=10, first_time=10)


def some(chance: random.Random, words: list[str], most: int) -> frozenset[str]:
    """Draw one to `most` of the words."""
    return frozenset(chance.sample(words, chance.randint(1, most)))


def free_windows(chance: random.Random) -> tuple[Window, ...]:
    """Draw one to four periods of a year."""
    begins = (date(2021, 1, 4) + timedelta(days=chance.randrange(360)) for _ in range(chance.randint(1, 4)))
    return tuple((day, day + timedelta(days=chance.randint(2, 60))) for day in begins)


def some_visitors(chance: random.Random, number: int) -> list[Visitor]:
    """Generate visitors, the same for the same seed."""
    return [
        Visitor(
            id=f"v{each}",
            organisation=f"visiting {each}",
            country=chance.choice(COUNTRIES),
            type="sme",
            sectors=some(chance, SECTORS, 3),
            technologies_sought=some(chance, TECHNOLOGIES, 8),
            purposes=some(chance, PURPOSES, 3),
            preferred_countries=some(chance, COUNTRIES, 5),
            languages=some(chance, LANGUAGES, 3) | {"en"},
            windows=free_windows(chance),
            days=chance.choice([3, 5]),
            first_time=chance.choice([True, False]),
        )
        for each in range(number)
    ]


def some_hosts(chance: random.Random, number: int) -> list[Host]:
    """Generate hosts, the same for the same seed."""
    return [
        Host(
            id=f"h{each}",
            organisation=f"hosting {each}",
            country=chance.choice(COUNTRIES),
            type="sme",
            sectors=some(chance, SECTORS, 3),
            technologies_offered=some(chance, TECHNOLOGIES, 8),
            purposes=some(chance, PURPOSES, 3),
            languages=some(chance, LANGUAGES, 3) | {"en"},
            windows=free_windows(chance),
            capacity_left=chance.randint(0, 4),
            eligible=chance.randrange(20) > 0,
        )
        for each in range(number)
    ]


def main(visitors: int = 2000, hosts: int = 2000) -> None:
    """Rank and print the figures; the memory is measured in a second run, since measuring slows."""
    chance = random.Random(SEED)
    case = some_visitors(chance, visitors), some_hosts(chance, hosts)

    started = time.perf_counter()
    kept = sum(len(suggestions) for _, suggestions in rank_all(*case, WEIGHTS, KEPT))
    seconds = time.perf_counter() - started

    tracemalloc.start()
    for _ in rank_all(*case, WEIGHTS, KEPT):
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    print(f"visitors, hosts       {visitors:,}, {hosts:,}")
    print(f"suggestions kept      {kept:,}")
    print(f"seconds               {seconds:.2f}")
    print(f"pairs a second        {visitors * hosts / seconds:,.0f}")
    print(f"peak MB of the run    {peak / 1e6:.1f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
