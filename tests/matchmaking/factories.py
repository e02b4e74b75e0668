"""Makes candidatures and proposals for the tests: what a test does not name is sound and has no meaning."""

from datetime import date, timedelta
from typing import Any

from clusters.enums import ParticipantRole, StaffRoleName, Vocabulary
from clusters.models import Organisation
from clusters.queries import open_wave, partnership_of
from extratex.shared import clock
from matchmaking import matching
from matchmaking.enums import CandidatureStatus, ProposalStatus, RunStatus, WishKind
from matchmaking.models import Candidature, PairWish, Plan, PlannedPair, Proposal
from tests import factories

PURPOSE = "Take up new technologies"
NOTHING = {"all": 0, "sme": 0, "non_member": 0, "cross_sector": 0}
FIGURES = {
    "pairs": 0,
    "total_score": 0.0,
    "upper_bound": 0.0,
    "status": "optimal",
    "gap": 0.0,
    "shortfalls": {"sme": 0, "non_member": 0, "cross_sector": 0},
    "shortfall": 0,
    "least_shortfall": 0,
    "total_cost": 0.0,
    "sme": 0,
    "non_member": 0,
    "cross_sector": 0,
    "visitors": 0,
    "hosts": 0,
    "candidates": 0,
    "visited": 0,
    "possible": NOTHING,
    "made": NOTHING | {"cost": "0"},
    "prices": [],
}


def in_days(number: int) -> date:
    """Return the day in so many days."""
    return clock.today() + timedelta(days=number)


def work_week(weeks: int = 3) -> tuple[date, date]:
    """Return Monday and Friday of the week in so many weeks; of these days at least three are worked anywhere."""
    monday = clock.today() + timedelta(days=7 * weeks - clock.today().weekday())
    return monday, monday + timedelta(days=4)


def make_candidature(
    organisation: Organisation,
    role: ParticipantRole,
    *,
    status: CandidatureStatus = CandidatureStatus.VALIDATED,
    technologies: tuple[str, ...] = ("Nonwovens",),
    sectors: tuple[str, ...] = (),
    windows: tuple[tuple[int, ...], ...] = ((10, 60),),
    **fields: Any,
) -> Candidature:
    """Create a candidature in a status, without the history that would have led there.

    A window is two numbers of days from now, and the places in it where these are counted.
    """
    membership = organisation.memberships.select_related("user").first()
    defaults = {
        "contact": membership.user if membership else factories.make_person(),
        "languages": ["en"],
        "motivation": "To learn from each other.",
        "capacity": 2,
    }
    candidature = Candidature.objects.create(
        organisation=organisation,
        wave=open_wave(),
        partnership=partnership_of(organisation.reference_cluster),
        role=role,
        status=status,
        **(defaults | fields),
    )
    candidature.purposes.set([factories.term(Vocabulary.PURPOSE, PURPOSE)])
    candidature.technologies.set([factories.term(Vocabulary.TECHNOLOGY, name) for name in technologies])
    candidature.sectors.set([factories.term(Vocabulary.SECTOR, name) for name in sectors])
    for begin, end, *places in windows:
        candidature.availabilities.create(
            first_day=in_days(begin), last_day=in_days(end), capacity=places[0] if places else None
        )
    return candidature


def make_visitor(**fields: Any) -> Candidature:
    """Create a candidature as visitor of an organisation of its own, from Italy."""
    owner = fields.pop("owner", None) or factories.make_person()
    organisation = factories.make_organisation(owner=owner, **fields.pop("organisation", {}))
    return make_candidature(organisation, ParticipantRole.VISITOR, **fields)


def make_host(**fields: Any) -> Candidature:
    """Create a candidature as host of an organisation of its own, from Czechia."""
    owner = fields.pop("owner", None) or factories.make_person()
    place = {"country": "CZ", "reference_cluster": "CLUTEX", "sectors": ("Automotive",)}
    organisation = factories.make_organisation(owner=owner, **(place | fields.pop("organisation", {})))
    return make_candidature(organisation, ParticipantRole.HOST, **fields)


def make_proposal(
    visitor: Candidature | None = None,
    host: Candidature | None = None,
    *,
    status: ProposalStatus = ProposalStatus.PROPOSED,
    by: ParticipantRole = ParticipantRole.VISITOR,
    **fields: Any,
) -> Proposal:
    """Create a proposal in a status, without the history that would have led there."""
    visitor, host = visitor or make_visitor(), host or make_host()
    author = visitor.contact if by == ParticipantRole.VISITOR else host.contact
    defaults = {"author": author, "message": "May we come?", "expires_on": in_days(14)}
    return Proposal.objects.create(visitor=visitor, host=host, proposed_by=by, status=status, **(defaults | fields))


def make_plan(*, visitor: Candidature | None = None, status: RunStatus = RunStatus.DONE, **fields: Any) -> Plan:
    """Create a plan for the partnership of a visitor, by its coordinator, computed without any pair."""
    partnership = visitor.partnership if visitor else factories.partnership()
    weights = matching.parameters()["weights"]
    defaults = {
        "partnership": partnership,
        "asked_by": fields.pop("by", None) or factories.make_staff(StaffRoleName.COORDINATOR, partnership),
        "parameters": {"weights": weights, "wishes": [], "refused": [], "supply": {"hosts": 1, "offering": {}}},
        "figures": FIGURES,
        "seconds": 5,
    }
    return Plan.objects.create(status=status, **(defaults | fields))


def make_pair(plan: Plan, visitor: Candidature | None = None, host: Candidature | None = None, **fields: Any) -> Any:
    """Put a pair into a plan."""
    defaults = {"score": 50, "cost": 300, "cross_sector": True}
    return PlannedPair.objects.create(
        plan=plan, visitor=visitor or make_visitor(), host=host or make_host(), **(defaults | fields)
    )


def wish(visitor: Candidature, host: Candidature, kind: WishKind, *, by: Any = None) -> PairWish:
    """Lock or forbid a pair."""
    author = by or factories.make_staff(StaffRoleName.COORDINATOR, visitor.partnership)
    return PairWish.objects.create(
        partnership=visitor.partnership, visitor=visitor, host=host, kind=kind, author=author
    )
