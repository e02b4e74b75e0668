"""The catalogue of hosts and of visitors as the database answers it: who stands in it, who is free, where they are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import hypot, sqrt
from typing import Any

from django.db.models import Aggregate, Avg, Count, Exists, F, Max, Min, OuterRef, Q
from django.db.models.functions import Floor
from django.utils.translation import gettext as _
from django_countries import countries

from clusters import europe
from clusters.enums import ParticipantRole
from clusters.models import Organisation, Term
from clusters.queries import wave_to_show
from extratex.shared.atlas import EUROPE
from matchmaking.enums import ProposalStatus
from matchmaking.models import Availability, Candidature, Favourite, Proposal
from matchmaking.models.querysets import CandidatureQuerySet

ROWS_OF_AREA, COLUMNS_OF_AREA = 2, 3
"""An area is so many degrees high and wide."""
MOST_AREAS = 60
APART = 48
"""So many pixels lie at least between two spots, so that each can be hit with a finger."""
SMALLEST_SPOT, LARGEST_SPOT = 7, 22

type Area = tuple[int, int]


class Mode(Aggregate):
    """The value that occurs most often."""

    function = "MODE"
    template = "%(function)s() WITHIN GROUP (ORDER BY %(expressions)s)"


@dataclass
class Spot:
    """Some neighbouring places on the map; `x` is None where they lie outside of it."""

    label: str
    number: int
    x: int | None
    y: int | None
    areas: list[Area] = field(default_factory=list)
    radius: int = SMALLEST_SPOT

    @property
    def query(self) -> str:
        """Return the part of an address that narrows the list down to these places."""
        return "&".join(f"area={north}:{east}" for north, east in self.areas)


@dataclass(frozen=True)
class Picture:
    """Where the rows of the catalogue lie, for the map and for the tables beside it."""

    map: europe.Map
    spots: list[Spot]
    countries: list[tuple[str, str, int]]
    total: int


def listed(user: Any, role: ParticipantRole) -> CandidatureQuerySet:
    """Return whom the catalogue of a role shows to a person: those of the wave that is open or was last."""
    rows = Candidature.objects.in_catalogue_for(user, role)
    return rows.filter(entry__wave=wave_to_show(), entry__role=role)


def free_between(rows: CandidatureQuerySet, first_day: date | None, last_day: date | None) -> CandidatureQuerySet:
    """Keep who is free on at least one day of a period; an end that is not given is open."""
    if first_day is None and last_day is None:
        return rows
    free = Availability.objects.filter(candidature=OuterRef("pk"))
    if first_day is not None:
        free = free.filter(last_day__gte=first_day)
    if last_day is not None:
        free = free.filter(first_day__lte=last_day)
    return rows.filter(Exists(free))


def in_sector(rows: CandidatureQuerySet, sector: Term) -> CandidatureQuerySet:
    """Keep who seeks or offers the sector; the organisation's count where none is stated, or others may not read it."""
    stated = Candidature.sectors.through.objects.filter(candidature=OuterRef("pk"))
    by_themselves = Candidature.sectors.through.objects.filter(term=sector).values("candidature")
    by_organisation = Organisation.sectors.through.objects.filter(term=sector).values("organisation")
    fallen_back = Q(organisation__in=by_organisation) & (Q(is_named=False) | ~Exists(stated))
    return rows.filter(Q(is_named=True, pk__in=by_themselves) | fallen_back)


def with_places(rows: CandidatureQuerySet, number: int) -> CandidatureQuerySet:
    """Keep the hosts that can accept so many more visitors."""
    accepted = Proposal.objects.filter(status=ProposalStatus.ACCEPTED).order_by().values("host")
    full = accepted.annotate(taken=Count("pk")).filter(taken__gt=F("host__capacity") - number)
    return rows.filter(capacity__gte=number).exclude(pk__in=full.values("host"))


def areas_in(given: Iterable[str]) -> list[Area]:
    """Read the areas that an address names; what is none is left out."""
    found = []
    for each in list(given)[:MOST_AREAS]:
        north, _colon, east = each.partition(":")
        if _is_degree(north) and _is_degree(east):
            found.append((int(north), int(east)))
    return found


def within(rows: CandidatureQuerySet, areas: Sequence[Area]) -> CandidatureQuerySet:
    """Keep who lies in one of the areas; everybody where none is given."""
    condition = Q()
    for north, east in areas:
        south, west = north * ROWS_OF_AREA, east * COLUMNS_OF_AREA
        condition |= Q(
            entry__latitude__gte=south,
            entry__latitude__lt=south + ROWS_OF_AREA,
            entry__longitude__gte=west,
            entry__longitude__lt=west + COLUMNS_OF_AREA,
        )
    return rows.filter(condition)


def picture_of(rows: CandidatureQuerySet) -> Picture:
    """Count the rows by country and area and place them on the map (one query, however many there are).

    Who is not named counts for its country and is no place.
    """
    counted: Any = (
        rows.order_by()
        .values(
            north=Floor(F("entry__latitude") / ROWS_OF_AREA),
            east=Floor(F("entry__longitude") / COLUMNS_OF_AREA),
            country=F("entry__country"),
        )
        .annotate(
            together=Count("pk"),
            town=Mode("entry__town"),
            first=Min("entry__town"),
            last=Max("entry__town"),
            latitude=Avg("entry__latitude"),
            longitude=Avg("entry__longitude"),
        )
        .order_by("-together", "country", "north", "east")
    )
    cells = list(counted)
    placed = [cell for cell in cells if cell["latitude"] is not None]
    numbers: dict[str, int] = {}
    for cell in cells:
        numbers[cell["country"]] = numbers.get(cell["country"], 0) + cell["together"]
    named = [(code, str(countries.name(code) or code), number) for code, number in numbers.items()]
    ordered = sorted(named, key=lambda row: (-row[2], row[1]))
    return Picture(europe.draw(numbers, []), _spots(placed), ordered, sum(numbers.values()))


def favourites_among(user: Any, candidatures: Iterable[Candidature]) -> set[int]:
    """Return the keys of those that the person keeps."""
    keys = [each.pk for each in candidatures]
    return set(Favourite.objects.visible_to(user).filter(candidature__in=keys).values_list("candidature", flat=True))


def _is_degree(text: str) -> bool:
    digits = text.removeprefix("-")
    return digits.isascii() and digits.isdecimal() and len(digits) <= len("180")


def _spots(cells: list[Mapping[str, Any]]) -> list[Spot]:
    """Join what lies too close together, the largest first, which gives the joined spot its place and its name."""
    spots: list[Spot] = []
    for cell in cells:
        spot = _spot_of(cell)
        same = (each for each in spots if spot.areas[0] in each.areas)
        near = next(same, None) or next((each for each in spots if _touches(each, spot)), None)
        if near is None:
            spots.append(spot)
        else:
            near.number += spot.number
            near.areas = list(dict.fromkeys([*near.areas, *spot.areas]))
            near.label = near.label if near.label.endswith(_around()) else f"{near.label} {_around()}"
    most = max((spot.number for spot in spots), default=1)
    for spot in spots:
        spot.radius = round(SMALLEST_SPOT + (LARGEST_SPOT - SMALLEST_SPOT) * sqrt(spot.number / most))
    return sorted(spots, key=lambda spot: (-spot.number, spot.label))


def _spot_of(cell: Mapping[str, Any]) -> Spot:
    longitude, latitude = cell["longitude"], cell["latitude"]
    label = f"{cell['town']}, {countries.name(cell['country']) or cell['country']}"
    if cell["first"] != cell["last"]:
        label = f"{label} {_around()}"
    is_shown = EUROPE.shows(longitude, latitude)
    x, y = map(round, EUROPE.pixel(longitude, latitude)) if is_shown else (None, None)
    return Spot(label, cell["together"], x, y, [(int(cell["north"]), int(cell["east"]))])


def _around() -> str:
    return _("and around")


def _touches(one: Spot, other: Spot) -> bool:
    """Tell whether two spots lie too close together to be hit one by one."""
    if one.x is None or one.y is None or other.x is None or other.y is None:
        return False
    return hypot(one.x - other.x, one.y - other.y) < APART
