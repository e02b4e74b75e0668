"""What a demonstration begins with: candidatures of its two companies and of the made-up ones, and a first run.

Everything here only creates what is missing; what it draws depends on the seed and the organisation alone.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch

from clusters.eligibility import Table, table_of
from clusters.enums import OrganisationStatus, ParticipantRole, StaffRoleName, Vocabulary
from clusters.models import Membership, Organisation, Partnership, PartnershipMember, StaffRole, Term, User, Wave
from clusters.queries import eligible_countries, open_wave, partnership_of, staff_of
from clusters.seeding.copying import copy_rows, copy_values
from extratex.shared import clock
from matchmaking import matching
from matchmaking.enums import CandidatureStatus
from matchmaking.models import Availability, Candidature, CandidatureEvent, MatchRun, Plan
from matchmaking.planning import asking
from matchmaking.transitions import candidatures

CHUNK = 2000
HOSTS_OF_TEN = 6
TYPES_WISHED = ("sme", "cluster", "scaling_up")
VISIT = "One day in production, one day with the people who plan it, half a day to talk about what could come of it."
WAITING_OF_TWENTY = 1
MADE_UP = Membership.objects.filter(user__email__startswith="firm-", user__email__endswith="@demo.example")

COORDINATOR = "coordinator@demo.example"
DEMONSTRATION: dict[str, dict[str, Any]] = {
    "visitor@demo.example": {
        "role": ParticipantRole.VISITOR,
        "technologies": ["Coating and laminating", "Composite materials", "Nonwovens", "Fibre recycling"],
        "purposes": ["Take up new technologies", "Learn from actors in another cluster"],
        "sectors": ["Textile manufacturing", "Automotive"],
        "expertise": "Weaving of technical fabrics up to 3.2 m; no coating of our own yet.",
        "partner_types": ["sme", "scaling_up", "cluster"],
        "countries": ["CZ", "SK", "ES"],
        "excluded_countries": ["PT"],
        "days": 3,
        "travellers": 2,
        "motivation": (
            "We weave fabrics for bags and protective clothing and have never coated them ourselves. We want to see a "
            "coating line at work, learn what it asks of the fabric, and find a partner for a first joint product."
        ),
        "shows_contact": True,
        "windows": [(21, 110, None), (150, 200, None)],
    },
    "host@demo.example": {
        "role": ParticipantRole.HOST,
        "technologies": ["Advanced Textile Materials", "Coating and laminating", "Nonwovens", "Composite materials"],
        "purposes": ["Take up new technologies", "Learn from actors in another cluster"],
        "sectors": ["Textile manufacturing", "Automotive"],
        "expertise": "Coating and laminating of technical textiles, testing of abrasion, fogging and flammability.",
        "partner_types": ["sme", "cluster"],
        "capacity": 5,
        "visit": (
            "First day: a walk along the lines and a talk about your fabrics. Second day: trials on the pilot "
            "line, with your own samples. Third day: tests in the laboratory, and what could come of it."
        ),
        "motivation": (
            "Visitors spend two days on our coating and laminating lines and half a day in our laboratory, where their "
            "own samples can be tested. A visit to a maker of car seats nearby can be arranged."
        ),
        "windows": [(14, 130, 3), (160, 220, None)],
    },
}


@dataclass
class Draft:
    """A candidature that is to be created, with what can only be tied to it afterwards."""

    candidature: Candidature
    purposes: list[Term]
    technologies: list[Term] = field(default_factory=list)
    sectors: list[Term] = field(default_factory=list)
    windows: list[tuple[date, date, int | None]] = field(default_factory=list)


def load_candidatures(seed: int = 2026, tell: Callable[[int, int], object] | None = None) -> int:
    """Give the demonstration's organisations their candidatures and ask for a first run; return how many are new.

    `tell` hears how many of how many organisations have been looked at.
    """
    wave = open_wave()
    if wave is None:
        return 0
    created = sum(_load_own(address, dict(facts), wave) for address, facts in DEMONSTRATION.items())
    created += _generate(wave, seed, tell)
    if created or not MatchRun.objects.filter(wave=wave).exists():
        with transaction.atomic():
            matching.ask(wave)
    return created


def load_plan() -> bool:
    """Ask for a first plan in the name of the coordinator, with the targets of the partnership; False where one is."""
    led = StaffRole.objects.filter(user__email=COORDINATOR, role=StaffRoleName.COORDINATOR).select_related(
        "user", "partnership"
    )
    role = led.first()
    if role is None or role.partnership is None or Plan.objects.filter(partnership=role.partnership).exists():
        return False
    plan = Plan(partnership=role.partnership, **asking.targets_of(role.partnership))
    asking.ask(plan, weights=matching.parameters()["weights"], by=role.user)
    return True


@transaction.atomic
def _load_own(address: str, facts: dict[str, Any], wave: Wave) -> bool:
    """Write, send and validate the candidature of one of the two, as its people would."""
    owner = User.objects.get(email=address)
    organisation = Organisation.objects.of_member(owner).select_related("reference_cluster").order_by("pk")[0]
    partnership = partnership_of(organisation.reference_cluster)
    written = Candidature.objects.filter(organisation=organisation, wave=wave, role=facts["role"])
    if partnership is None or written.exists():
        return False
    terms = {name: facts.pop(name) for name in ("purposes", "technologies", "sectors")}
    windows = facts.pop("windows")
    candidature = Candidature.objects.create(
        organisation=organisation,
        wave=wave,
        partnership=partnership,
        contact=owner,
        languages=organisation.languages,
        **facts,
    )
    candidature.purposes.set(_terms(Vocabulary.PURPOSE, terms["purposes"]))
    candidature.technologies.set(_terms(Vocabulary.TECHNOLOGY, terms["technologies"]))
    candidature.sectors.set(_terms(Vocabulary.SECTOR, terms["sectors"]))
    for begin, end, places in windows:
        candidature.availabilities.create(first_day=_in(begin), last_day=_in(end), capacity=places)
    candidatures.CANDIDATURE.begin(candidature, actor=owner)
    candidatures.submit(candidature, actor=owner)
    candidatures.validate(candidature, actor=staff_of(organisation.reference_cluster)[0])
    return True


def _generate(wave: Wave, seed: int, tell: Callable[[int, int], object] | None) -> int:
    """Write candidatures for the made-up organisations that have none, chunk by chunk."""
    tables = {role: table_of(wave, role) for role in ParticipantRole}
    maker = Maker(wave, seed)
    without = Organisation.objects.filter(
        Exists(MADE_UP.filter(organisation=OuterRef("pk"))),
        ~Exists(Candidature.objects.filter(organisation=OuterRef("pk"), wave=wave)),
        status=OrganisationStatus.VALIDATED,
    )
    rows = without.select_related("reference_cluster").prefetch_related(
        "technologies", "sectors", Prefetch("memberships", Membership.objects.select_related("user"))
    )
    created, reached, seen, wanted = 0, 0, 0, without.count()
    while chunk := list(rows.filter(pk__gt=reached).order_by("pk")[:CHUNK]):
        reached = chunk[-1].pk
        drafts = [draft for organisation in chunk for draft in maker.drafts(organisation, tables)]
        _create(drafts)
        created, seen = created + len(drafts), seen + len(chunk)
        if tell is not None:
            tell(seen, wanted)
    return created


class Maker:
    """Makes the candidature of an organisation."""

    def __init__(self, wave: Wave, seed: int) -> None:
        self.wave = wave
        self.seed = seed
        self.purposes = list(Term.objects.of(Vocabulary.PURPOSE))
        self.technologies = list(Term.objects.of(Vocabulary.TECHNOLOGY))
        self.sectors = list(Term.objects.of(Vocabulary.SECTOR))
        self.countries = eligible_countries()
        members = PartnershipMember.objects.filter(partnership__wave=wave).select_related("partnership")
        self.partnerships: dict[int, Partnership] = {
            each.cluster_id: each.partnership for each in members.order_by("-partnership__acronym")
        }

    def drafts(self, organisation: Organisation, tables: dict[ParticipantRole, Table]) -> list[Draft]:
        """Make one candidature in a role that the programme grants, or none."""
        draw = Random(f"{self.seed}-{organisation.legal_name}")  # noqa: S311 made-up firms, no secret
        role = ParticipantRole.HOST if draw.randrange(10) < HOSTS_OF_TEN else ParticipantRole.VISITOR
        partnership = self.partnerships.get(organisation.reference_cluster_id)
        if partnership is None or not tables[role].verdict_on(organisation).allowed:
            return []
        return [self._draft(organisation, partnership, role, draw)]

    def _draft(
        self, organisation: Organisation, partnership: Partnership, role: ParticipantRole, draw: Random
    ) -> Draft:
        is_host = role == ParticipantRole.HOST
        is_waiting = draw.randrange(20) < WAITING_OF_TWENTY
        others = [code for code in self.countries if code != organisation.country.code]
        preferred = [] if is_host else sorted(draw.sample(others, draw.randint(0, 4)))
        capacity = draw.randint(1, 6)
        candidature = Candidature(
            organisation=organisation,
            wave=self.wave,
            partnership=partnership,
            role=role,
            contact=organisation.memberships.all()[0].user,
            languages=organisation.languages,
            countries=preferred,
            excluded_countries=_seldom(draw, [code for code in others if code not in preferred]),
            partner_types=_seldom(draw, TYPES_WISHED),
            days=draw.choice([3, 3, 3, 4, 5]),
            travellers=draw.randint(1, 3),
            capacity=capacity,
            motivation=_motivation(is_host=is_host),
            expertise=_expertise(organisation, is_host=is_host),
            visit=VISIT if is_host else "",
            is_named=draw.randrange(10) > 0,
            shows_contact=draw.randrange(2) == 0,
            status=CandidatureStatus.SUBMITTED if is_waiting else CandidatureStatus.VALIDATED,
        )
        own = list(organisation.technologies.all())
        technologies = own if is_host else draw.sample(self.technologies, draw.randint(2, 5))
        sectors = list(organisation.sectors.all())
        return Draft(
            candidature,
            draw.sample(self.purposes, draw.randint(1, 2)),
            technologies,
            sectors if is_host else draw.sample(self.sectors, draw.randint(0, 2)),
            _windows(draw, capacity if is_host else None),
        )


@transaction.atomic
def _create(drafts: Sequence[Draft]) -> None:
    copy_rows([draft.candidature for draft in drafts])
    _tie(drafts, "purposes")
    _tie(drafts, "technologies")
    _tie(drafts, "sectors")
    copy_rows(
        [
            Availability(candidature=draft.candidature, first_day=first_day, last_day=last_day, capacity=places)
            for draft in drafts
            for first_day, last_day, places in draft.windows
        ]
    )
    system = User.objects.system()
    copy_rows(
        [
            CandidatureEvent(
                subject=draft.candidature, move="begin", target=draft.candidature.status, actor=system, note="Made up."
            )
            for draft in drafts
        ]
    )


def _tie(drafts: Iterable[Draft], name: str) -> None:
    through = getattr(Candidature, name).through
    terms = ((draft.candidature.pk, term.pk) for draft in drafts for term in getattr(draft, name))
    copy_values(through, ("candidature_id", "term_id"), terms)


def _windows(draw: Random, most: int | None) -> list[tuple[date, date, int | None]]:
    """Draw one or two periods of some weeks in the coming months; a host may receive fewer in one of them."""
    begins = sorted(draw.sample(range(10, 200, 30), draw.randint(1, 2)))
    return [
        (
            _in(begin),
            _in(begin + draw.randint(10, 28)),
            draw.randint(1, most) if most and draw.randrange(4) == 0 else None,
        )
        for begin in begins
    ]


def _seldom(draw: Random, words: Sequence[str]) -> list[str]:
    """Draw one or two of the words one time in eight, else none."""
    return sorted(draw.sample(words, draw.randint(1, 2))) if draw.randrange(8) == 0 else []


def _expertise(organisation: Organisation, *, is_host: bool) -> str:
    names = ", ".join(term.name.lower() for term in organisation.technologies.all()[:3])
    return f"{'We show' if is_host else 'We bring'} what we know of {names}." if names else ""


def _in(days: int) -> date:
    return clock.today() + timedelta(days=days)


def _terms(vocabulary: Vocabulary, names: Iterable[str]) -> list[Term]:
    return list(Term.objects.of(vocabulary).filter(name__in=list(names)))


def _motivation(*, is_host: bool) -> str:
    if is_host:
        return "Visitors see our production and our tests, and work with the people who run them."
    return "We want to see how others solve what we are about to begin, and to find partners for it."
