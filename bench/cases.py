"""Made-up visitors and hosts for the benchmarks, the same for the same seed, one at a time."""

import random
from collections.abc import Iterator
from datetime import date, timedelta

from matchmaking.engine.model import Host, Visitor, Weights, Window

SEED = 874137
COUNTRIES = [*map("".join, zip(*[iter("ATBECZDEDKEEESFIFRGRHRHUITLTNLPLPTSESKTR")] * 2, strict=True))]
LANGUAGES = ["cs", "da", "de", "es", "fi", "fr", "hu", "it", "nl", "pl", "pt", "sk", "sv", "tr"]
TECHNOLOGIES = [f"technology {number}" for number in range(120)]
SECTORS = [f"sector {number}" for number in range(51)]
PURPOSES = [f"purpose {number}" for number in range(4)]
TYPES = ["sme", "cluster", "scaling_up", "large"]
WEIGHTS = Weights(
    technologies=36,
    cross_sector=18,
    purposes=8,
    preferred_country=8,
    dates=8,
    first_time=6,
    travel=6,
    targets=4,
    sectors=6,
    earlier_declines=10,
)


def some(chance: random.Random, words: list[str], most: int) -> frozenset[str]:
    """Draw one to `most` of the words."""
    return frozenset(chance.sample(words, chance.randint(1, most)))


def sometimes(chance: random.Random, words: list[str], most: int) -> frozenset[str]:
    """Draw some of the words one time in five, else none."""
    return some(chance, words, most) if chance.randrange(5) == 0 else frozenset()


def free_windows(chance: random.Random) -> tuple[Window, ...]:
    """Draw one to four periods of a year."""
    begins = (date(2021, 1, 4) + timedelta(days=chance.randrange(360)) for _ in range(chance.randint(1, 4)))
    return tuple((day, day + timedelta(days=chance.randint(2, 60))) for day in begins)


def some_visitors(number: int, seed: int = SEED) -> Iterator[Visitor]:
    """Generate visitors."""
    chance = random.Random(f"visitors {seed}")
    for each in range(number):
        yield Visitor(
            id=each,
            organisation=f"visiting {each}",
            country=chance.choice(COUNTRIES),
            type=chance.choice(TYPES),
            sectors=some(chance, SECTORS, 3),
            sectors_sought=some(chance, SECTORS, 3),
            technologies_sought=some(chance, TECHNOLOGIES, 8),
            purposes=some(chance, PURPOSES, 3),
            preferred_countries=some(chance, COUNTRIES, 5),
            excluded_countries=sometimes(chance, COUNTRIES, 3),
            partner_types=sometimes(chance, TYPES, 2),
            wary_countries=sometimes(chance, COUNTRIES, 1),
            languages=some(chance, LANGUAGES, 3) | {"en"},
            windows=free_windows(chance),
            place=(chance.uniform(36, 62), chance.uniform(-9, 28)),
            need=chance.choice([0.0, 0.5, 1.0]),
            days=chance.choice([3, 5]),
            first_time=chance.choice([True, False]),
        )


def some_hosts(number: int, seed: int = SEED) -> Iterator[Host]:
    """Generate hosts."""
    chance = random.Random(f"hosts {seed}")
    for each in range(number):
        yield Host(
            id=each,
            organisation=f"hosting {each}",
            country=chance.choice(COUNTRIES),
            type=chance.choice(TYPES),
            sectors=some(chance, SECTORS, 3),
            sectors_offered=some(chance, SECTORS, 3),
            technologies_offered=some(chance, TECHNOLOGIES, 8),
            purposes=some(chance, PURPOSES, 3),
            excluded_countries=sometimes(chance, COUNTRIES, 2),
            partner_types=sometimes(chance, TYPES, 2),
            languages=some(chance, LANGUAGES, 3) | {"en"},
            windows=free_windows(chance),
            place=(chance.uniform(36, 62), chance.uniform(-9, 28)),
            need=chance.choice([0.0, 0.0, 0.5, 1.0]),
            full_windows=free_windows(chance) if chance.randrange(10) == 0 else (),
            capacity_left=chance.randint(0, 4),
            eligible=chance.randrange(20) > 0,
        )
