"""Clusters made up for load, in made-up partnerships of about fifty, each with somebody who works for it."""

import json
from collections.abc import Sequence
from functools import cache
from itertools import product
from random import Random
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.text import slugify

from clusters import queries
from clusters.enums import StaffRoleName, Vocabulary
from clusters.models import Cluster, Partnership, PartnershipMember, StaffRole, Term, User
from clusters.seeding.programme import FOLDER
from extratex.shared import clock

MADE_UP = "Made up for a demonstration."
OF_A_PARTNERSHIP = 50
ORGANISATIONS_OF_A_CLUSTER = 133
FEWEST_ORGANISATIONS = 2000
MONTHS = 24


@cache
def names() -> Any:
    """Return what made-up names are put together from."""
    return json.loads((FOLDER / "generated_names.json").read_text(encoding="utf-8"))


@cache
def words() -> Any:
    """Return towns, crafts and languages of the countries in which things are made up."""
    return json.loads((FOLDER / "generated.json").read_text(encoding="utf-8"))


def fitting(organisations: int) -> int:
    """Return how many clusters suit so many organisations: none for the few of an ordinary demonstration."""
    return organisations // ORGANISATIONS_OF_A_CLUSTER if organisations >= FEWEST_ORGANISATIONS else 0


def generate_clusters(number: int, seed: int = 2026) -> int:
    """See to it that this many made-up clusters exist, as far as the names last; return how many are new."""
    wanted = _choices(seed)[:number]
    there = set(Cluster.objects.filter(source=MADE_UP).values_list("name", flat=True))
    missing = [each for each in enumerate(wanted) if each[1][0] not in there]
    for start in range(0, len(missing), OF_A_PARTNERSHIP):
        _create(missing[start : start + OF_A_PARTNERSHIP], seed)
    return len(missing)


def _choices(seed: int) -> list[tuple[str, str, str, str]]:
    """Return name, country, town and sector of every cluster that can be made up, well mixed."""
    found = [
        (pattern.format(town=town, trade=trade), country, town, sector)
        for country, home in sorted(words()["countries"].items())
        for (town, _latitude, _longitude, _nuts), (sector, trade), pattern in product(
            home["towns"], names()["trades"].items(), names()["cluster_names"]
        )
    ]
    Random(seed).shuffle(found)  # noqa: S311 made-up clusters, no secret
    return found


@transaction.atomic
def _create(chosen: Sequence[tuple[int, tuple[str, str, str, str]]], seed: int) -> None:
    for index, (name, country, town, sector) in chosen:
        draw = Random(f"{seed}-cluster-{index}")  # noqa: S311 likewise
        members = draw.randint(25, 240)
        cluster = Cluster.objects.create(
            name=name,
            short_name=_short_name(name, index),
            country=country,
            town=town,
            members=members,
            small_members=members * draw.randint(60, 95) // 100,
            source=MADE_UP,
        )
        cluster.sectors.set(Term.objects.filter(vocabulary=Vocabulary.SECTOR, name=sector))
        PartnershipMember.objects.create(
            partnership=_partnership(index // OF_A_PARTNERSHIP),
            cluster=cluster,
            coordinates=not index % OF_A_PARTNERSHIP,
        )
        _employ(f"staff-{index + 1:04d}@demo.example", StaffRoleName.REFERENCE_STAFF, cluster=cluster)


def _short_name(name: str, index: int) -> str:
    letters = "".join(word[0] for word in name.split() if word[0].isupper())
    return f"{letters}-{index + 1:04d}"


def _partnership(index: int) -> Partnership:
    acronyms = names()["partnerships"]
    again, place = divmod(index, len(acronyms))
    acronym = acronyms[place] + (f"-{again + 1}" if again else "")
    wave = queries.open_wave()
    if wave is None:
        raise RuntimeError("No wave is open: load the programme and prolong its rates first.")
    partnership, is_new = Partnership.objects.get_or_create(
        acronym=acronym,
        defaults={
            "slug": slugify(acronym),
            "title": MADE_UP,
            "wave": wave,
            "starts_on": clock.today().replace(day=1),
            "months": MONTHS,
        },
    )
    if is_new:
        address = f"coordinator-{index + 1:02d}@demo.example"
        _employ(address, StaffRoleName.COORDINATOR, partnership=partnership)
    return partnership


def _employ(address: str, role: StaffRoleName, **place: Cluster | Partnership) -> None:
    person = User.objects.create(
        email=address, name=address.partition("@")[0].capitalize(), password=make_password(None)
    )
    StaffRole.objects.create(user=person, role=role, **place)
