"""Organisations made up for a demonstration or for load: invented firms in real towns, the same for the same seed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from random import Random
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction

from clusters import operations, queries
from clusters.enums import MembershipRole, OrganisationStatus, OrganisationType, Vocabulary
from clusters.models import Cluster, Membership, Organisation, OrganisationEvent, Term, User
from clusters.seeding.programme import FOLDER

CHUNK = 1000
SUPPORT_SECTOR = "Education and knowledge creation"
LARGEST_SME = 249


@dataclass
class Draft:
    """An organisation that is to be created, with what can only be tied to it afterwards."""

    organisation: Organisation
    owner: User
    sectors: list[Term]
    technologies: list[Term]


def generate_organisations(number: int, seed: int = 2026) -> int:
    """See to it that this many made-up, validated organisations exist; return how many had to be created."""
    there = User.objects.filter(email__startswith="firm-", email__endswith="@demo.example").count()
    for start in range(there, number, CHUNK):
        _create([Maker(seed, index).draft() for index in range(start, min(start + CHUNK, number))])
    _terms.cache_clear()
    _clusters.cache_clear()
    _assignment.cache_clear()
    return max(number - there, 0)


class Maker:
    """Makes the organisation of one number; what it draws depends on the seed and the number alone."""

    def __init__(self, seed: int, index: int) -> None:
        self.draw = Random(f"{seed}-{index}")  # noqa: S311 made-up firms, no secret
        self.index = index
        words = _words()
        self.country = self.draw.choice(sorted(words["countries"]))
        self.home = words["countries"][self.country]
        self.craft = self.draw.choice(words["crafts"])
        self.names = words["people"][self.country]

    def draft(self) -> Draft:
        """Make organisation, owner, sectors and technologies."""
        sectors = [_terms(Vocabulary.SECTOR)[self.craft["sector"]]]
        assignment = _assignment(self.country, sectors[0].name)
        town, latitude, longitude = self.draw.choice(self.home["towns"])
        headcount = self.draw.choice([6, 9, 14, 23, 35, 48, 70, 110, 180, LARGEST_SME])
        organisation = Organisation(
            legal_name=self._name(town),
            country=self.country,
            town=town,
            latitude=latitude,
            longitude=longitude,
            headcount=headcount,
            turnover_eur=Decimal(headcount * self.draw.randint(60, 180) * 1000),
            languages=self.home["languages"][: self.draw.randint(2, 3)],
            reference_cluster=assignment.cluster,
            cluster_was_assigned=assignment.reason,
            is_cluster_member=self.draw.random() < 0.7,  # noqa: PLR2004 most are members, some are not
            status=OrganisationStatus.VALIDATED,
            **self._type(),
        )
        return Draft(organisation, self._owner(), sectors, self._technologies())

    def _name(self, town: str) -> str:
        name, form = self.draw.choice(self.home["names"]), self.draw.choice(self.home["forms"])
        return f"{self.craft['words'][self.country]} {name} {town} {form}"

    def _type(self) -> dict[str, Any]:
        if self.craft["sector"] != SUPPORT_SECTOR:
            return {"type": OrganisationType.SME}
        kinds = _terms(Vocabulary.SCALING_UP_KIND)
        return {"type": OrganisationType.SCALING_UP, "scaling_up_kind": kinds["Technology centre"]}

    def _technologies(self) -> list[Term]:
        names = self.draw.sample(self.craft["technologies"], self.draw.randint(2, 4))
        return [_terms(Vocabulary.TECHNOLOGY)[name] for name in names]

    def _owner(self) -> User:
        name = f"{self.draw.choice(self.names[0])} {self.draw.choice(self.names[1])}"
        address = f"firm-{self.index + 1:06d}@demo.example"
        return User(email=address, name=name, password=make_password(None))


@cache
def _words() -> Any:
    return json.loads((FOLDER / "generated.json").read_text(encoding="utf-8"))


@cache
def _terms(vocabulary: Vocabulary) -> dict[str, Term]:
    return {term.name: term for term in Term.objects.filter(vocabulary=vocabulary)}


@cache
def _clusters() -> list[Cluster]:
    return list(queries.clusters_to_choose().prefetch_related("sectors"))


@cache
def _assignment(country: str, sector: str) -> operations.Assignment:
    found = operations.best_cluster(_clusters(), country, [_terms(Vocabulary.SECTOR)[sector]])
    if found is None:
        raise RuntimeError("No wave is open: load the programme and prolong its rates first.")
    return found


@transaction.atomic
def _create(drafts: Sequence[Draft]) -> None:
    User.objects.bulk_create([draft.owner for draft in drafts])
    Organisation.objects.bulk_create([draft.organisation for draft in drafts])
    Membership.objects.bulk_create(
        Membership(user=draft.owner, organisation=draft.organisation, role=MembershipRole.OWNER) for draft in drafts
    )
    for name in ("sectors", "technologies"):
        through = getattr(Organisation, name).through
        through.objects.bulk_create(
            through(organisation_id=draft.organisation.pk, term_id=term.pk)
            for draft in drafts
            for term in getattr(draft, name)
        )
    system = User.objects.system()
    OrganisationEvent.objects.bulk_create(
        OrganisationEvent(
            subject=draft.organisation, move="begin", target=OrganisationStatus.VALIDATED, actor=system, note="Made up."
        )
        for draft in drafts
    )
