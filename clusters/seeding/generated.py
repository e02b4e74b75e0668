"""Organisations made up for a demonstration or for load: invented firms in real towns, the same for the same seed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from functools import cache
from random import Random
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import connection, models, transaction
from django.utils.text import slugify
from django.utils.timezone import make_aware

from clusters import operations, queries
from clusters.enums import MembershipRole, OrganisationStatus, OrganisationType, Vocabulary
from clusters.models import Cluster, Membership, Organisation, OrganisationEvent, Term, User
from clusters.seeding.copying import copy_rows, copy_values
from clusters.seeding.generated_clusters import MADE_UP, names, words
from extratex.shared import clock

CHUNK = 2000
SUPPORT_SECTOR = "Education and knowledge creation"
LARGEST_SME = 249
MANY = 1000

# How often a registration stands where, what brought it there, and since how many days at most.
STANDINGS = (
    (OrganisationStatus.VALIDATED, "validate", 880, 600),
    (OrganisationStatus.SUBMITTED, "submit", 60, 30),
    (OrganisationStatus.DRAFT, "begin", 35, 120),
    (OrganisationStatus.CHANGES_REQUESTED, "send_back", 15, 60),
    (OrganisationStatus.REJECTED, "reject", 10, 400),
)


@dataclass
class Draft:
    """An organisation that is to be created, with what can only be tied to it afterwards."""

    organisation: Organisation
    owner: User
    sectors: list[Term]
    technologies: list[Term]
    ecosystems: list[Term]
    key_technologies: list[Term]
    move: str


def generate_organisations(number: int, seed: int = 2026, tell: Callable[[int, int], object] | None = None) -> int:
    """See to it that this many made-up organisations exist; return how many are new.

    Each chunk is a transaction of its own, so that what was cut off goes on where it stopped; `tell` hears how many
    of how many there are.
    """
    _forget()
    there = generated_organisations()
    for start in range(there, number, CHUNK):
        until = min(start + CHUNK, number)
        _create([Maker(seed, index).draft() for index in range(start, until)])
        if tell is not None:
            tell(until, number)
    _forget()
    if number - there >= MANY:
        _measure()
    return max(number - there, 0)


def generated_organisations() -> int:
    """Return how many organisations have been made up so far."""
    return User.objects.filter(email__startswith="firm-", email__endswith="@demo.example").count()


class Maker:
    """Makes the organisation of one number; what it draws depends on the seed and the number alone."""

    def __init__(self, seed: int, index: int) -> None:
        self.draw = Random(f"{seed}-{index}")  # noqa: S311 made-up firms, no secret
        self.index = index
        self.country = self.draw.choice(sorted(words()["countries"]))
        self.home = words()["countries"][self.country]
        self.craft = self.draw.choice(words()["crafts"])
        self.people = words()["people"][self.country]

    def draft(self) -> Draft:
        """Make organisation, owner, sectors and technologies."""
        sectors = [_terms(Vocabulary.SECTOR)[self.craft["sector"]]]
        town, latitude, longitude, nuts = self.draw.choice(self.home["towns"])
        assignment = self._assignment(nuts, sectors[0])
        headcount = self.draw.choice([6, 9, 14, 23, 35, 48, 70, 110, 180, LARGEST_SME])
        status, move, since = self._standing()
        name = self._name(town)
        organisation = Organisation(
            legal_name=name,
            country=self.country,
            town=town,
            nuts=nuts,
            latitude=latitude,
            longitude=longitude,
            headcount=headcount,
            turnover_eur=Decimal(headcount * self.draw.randint(60, 180) * 1000),
            website=self._website(name),
            languages=self.home["languages"][: self.draw.randint(2, 3)],
            reference_cluster=assignment.cluster,
            cluster_was_assigned=assignment.reason,
            is_cluster_member=self.draw.random() < 0.7,  # noqa: PLR2004 most are members, some are not
            status=status,
            status_since=since,
            created_at=since - timedelta(days=0 if move == "begin" else self.draw.randint(1, 30)),
            **self._type(),
        )
        ecosystems = [_terms(Vocabulary.ECOSYSTEM)[self.craft["ecosystem"]]]
        key_technologies = [_terms(Vocabulary.KEY_TECHNOLOGY)[self.craft["key_technology"]]]
        return Draft(organisation, self._owner(), sectors, self._technologies(), ecosystems, key_technologies, move)

    def _assignment(self, nuts: str, sector: Term) -> operations.Assignment:
        """Take one of the made-up clusters of country and sector, or the cluster that the portal would assign."""
        near = _near(self.country, sector.pk)
        return (
            operations.Assignment(self.draw.choice(near), "") if near else _assignment(self.country, nuts, sector.name)
        )

    def _standing(self) -> tuple[OrganisationStatus, str, datetime]:
        weights = [share for _status, _move, share, _days in STANDINGS]
        status, move, _share, days = self.draw.choices(STANDINGS, weights)[0]
        midnight = make_aware(datetime.combine(clock.today(), time()))
        return status, move, midnight - timedelta(minutes=self.draw.randrange(days * 24 * 60))

    def _name(self, town: str) -> str:
        craft, form = self.craft["words"][self.country], self.draw.choice(self.home["forms"])
        name = self._surname()
        pattern = self.draw.choice(
            (
                f"{craft} {name}",
                f"{craft} {name}",
                f"{craft} {name}",
                f"{name} {craft}",
                f"{craft} {name} {town}",
                f"{craft} {name} & {self._surname()}",
            )
        )
        return f"{pattern} {form}"

    def _surname(self) -> str:
        if self.draw.randrange(10) == 0:
            return str(self.draw.choice(self.home["names"]))
        return "".join(self.draw.choice(part) for part in names()["surnames"][self.country])

    def _website(self, name: str) -> str:
        return f"https://www.{slugify(name)}.example/" if self.draw.randrange(3) else ""

    def _type(self) -> dict[str, Any]:
        if self.craft["sector"] != SUPPORT_SECTOR:
            return {"type": OrganisationType.SME}
        kinds = _terms(Vocabulary.SCALING_UP_KIND)
        return {"type": OrganisationType.SCALING_UP, "scaling_up_kind": kinds["Technology centre"]}

    def _technologies(self) -> list[Term]:
        chosen = self.draw.sample(self.craft["technologies"], self.draw.randint(2, 4))
        return [_terms(Vocabulary.TECHNOLOGY)[name] for name in chosen]

    def _owner(self) -> User:
        name = f"{self.draw.choice(self.people[0])} {self.draw.choice(self.people[1])}"
        address = f"firm-{self.index + 1:06d}@demo.example"
        return User(email=address, name=name, password=_no_password())


@cache
def _no_password() -> str:
    return make_password(None)


def _forget() -> None:
    """Forget what was read of the programme: it may be another one the next time."""
    for remembered in (_terms, _clusters, _near, _assignment):
        remembered.cache_clear()


@cache
def _terms(vocabulary: Vocabulary) -> dict[str, Term]:
    return {term.name: term for term in Term.objects.filter(vocabulary=vocabulary)}


@cache
def _clusters() -> list[Cluster]:
    return list(queries.clusters_to_choose().prefetch_related("sectors"))


@cache
def _near(country: str, sector: int) -> list[Cluster]:
    """Return the clusters of country and sector, if some of them are made up."""
    found = [
        cluster
        for cluster in _clusters()
        if cluster.country.code == country and any(term.pk == sector for term in cluster.sectors.all())
    ]
    return sorted(found, key=lambda cluster: cluster.name) if any(each.source == MADE_UP for each in found) else []


@cache
def _assignment(country: str, nuts: str, sector: str) -> operations.Assignment:
    found = operations.best_cluster(_clusters(), country, [_terms(Vocabulary.SECTOR)[sector]], nuts)
    if found is None:
        raise RuntimeError("No wave is open: load the programme and prolong its rates first.")
    return found


@transaction.atomic
def _create(drafts: Sequence[Draft]) -> None:
    copy_rows([draft.owner for draft in drafts])
    for draft in drafts:
        draft.organisation.derive()
    copy_rows([draft.organisation for draft in drafts])
    _tie(drafts)
    system = User.objects.system()
    copy_rows([event for draft in drafts for event in _history(draft, system)])


def _tie(drafts: Sequence[Draft]) -> None:
    memberships = ((each.owner.pk, each.organisation.pk, MembershipRole.OWNER, clock.now()) for each in drafts)
    copy_values(Membership, ("user_id", "organisation_id", "role", "since"), memberships)
    for name in ("sectors", "technologies", "ecosystems", "key_technologies"):
        through: type[models.Model] = getattr(Organisation, name).through
        terms = ((draft.organisation.pk, term.pk) for draft in drafts for term in getattr(draft, name))
        copy_values(through, ("organisation_id", "term_id"), terms)


def _history(draft: Draft, system: User) -> list[OrganisationEvent]:
    """Return the beginning and the last move: enough for a page that shows what happened."""
    organisation = draft.organisation
    begun = OrganisationEvent(
        subject=organisation,
        move="begin",
        target=OrganisationStatus.DRAFT,
        actor=draft.owner,
        note="Made up.",
        at=organisation.created_at,
    )
    if draft.move == "begin":
        return [begun]
    is_own = draft.move == "submit"
    moved = OrganisationEvent(
        subject=organisation,
        move=draft.move,
        source=OrganisationStatus.DRAFT if is_own else OrganisationStatus.SUBMITTED,
        target=organisation.status,
        actor=draft.owner if is_own else system,
        note="Made up.",
        at=organisation.status_since,
    )
    return [begun, moved]


def _measure() -> None:
    """Let PostgreSQL count anew at once what it plans by, instead of some minutes later."""
    measured = (Organisation, Membership, User, OrganisationEvent, Organisation.sectors.through)
    tables = ", ".join(connection.ops.quote_name(model._meta.db_table) for model in measured)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {tables}")
