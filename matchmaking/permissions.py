"""May this person do it to this candidature or proposal? Pure questions; the status is another matter."""

from typing import Any, NamedTuple

from clusters.enums import ParticipantRole
from clusters.models import Partnership, Wave
from clusters.models.people import SYSTEM_ADDRESS
from clusters.permissions import roles_of
from extratex.documents.models import Document
from matchmaking.models import Candidature, MatchRun, Plan, Proposal
from matchmaking.models.messages import ATTACHMENT


class Voice(NamedTuple):
    """For which side somebody writes, and whether as the staff who look after it."""

    side: ParticipantRole
    as_staff: bool


def is_member(user: Any, candidature: Candidature) -> bool:
    """Tell whether the person belongs to the organisation of the candidature."""
    return candidature.organisation_id in roles_of(user).organisations


def looks_after(user: Any, candidature: Candidature) -> bool:
    """Tell whether the person works for the reference cluster or coordinates the partnership; never one's own."""
    roles = roles_of(user)
    served = candidature.organisation.reference_cluster_id in roles.clusters
    return (served or candidature.partnership_id in roles.coordinates) and not is_member(user, candidature)


def can_write(user: Any, candidature: Candidature) -> bool:
    """The organisation's people write, send, withdraw and take up its candidatures."""
    return is_member(user, candidature)


def can_validate(user: Any, candidature: Candidature) -> bool:
    """Whoever looks after the organisation decides on its candidatures."""
    return looks_after(user, candidature)


def can_pre_approve(user: Any, candidature: Candidature) -> bool:
    """The programme approves exceptional cases beforehand; nobody approves one's own."""
    return roles_of(user).oversees_all and not is_member(user, candidature)


def can_propose_for(user: Any, candidature: Candidature) -> bool:
    """The organisation's people propose, and so does whoever looks after it, on its behalf."""
    return is_member(user, candidature) or looks_after(user, candidature)


def can_answer(user: Any, proposal: Proposal) -> bool:
    """The people of the side whose turn it is answer; whoever belongs to both sides cannot agree with himself."""
    return is_member(user, proposal.answering) and not is_member(user, proposal.waiting)


def can_withdraw(user: Any, proposal: Proposal) -> bool:
    """The people of the side that has made the last offer take it back, or who has made it for them as staff."""
    made_it = proposal.for_member and proposal.offers == 1 and proposal.author_id == user.pk
    return is_member(user, proposal.waiting) or (made_it and looks_after(user, proposal.waiting))


def is_participant(user: Any, proposal: Proposal) -> bool:
    """Tell whether the person belongs to one of the two sides."""
    return is_member(user, proposal.visitor) or is_member(user, proposal.host)


def voice_of(user: Any, proposal: Proposal) -> Voice | None:
    """Tell for which side the person writes messages, and whether as its staff; None for who only reads or neither."""
    sides = (proposal.visitor, proposal.host)
    for speaks, as_staff in ((is_member, False), (looks_after, True)):
        for candidature in sides:
            if speaks(user, candidature):
                return Voice(ParticipantRole(candidature.role), as_staff)
    return None


def can_read_attachment(user: Any, document: Document) -> bool:
    """Whoever may see the proposal reads the files that were sent with its messages."""
    attached = Proposal.objects.visible_to(user).filter(messages__attachments__document=document)
    return document.kind == ATTACHMENT and attached.exists()


def can_run_deadlines(user: Any, proposal: Proposal) -> bool:  # noqa: ARG001 the signature of every permission
    """What nobody decides happens under the portal's own name."""
    return bool(user.email == SYSTEM_ADDRESS)


def can_let_rest(user: Any, candidature: Candidature) -> bool:  # noqa: ARG001 the signature of every permission
    """Only the calendar lets a candidature rest."""
    return bool(user.email == SYSTEM_ADDRESS)


def can_list_all(user: Any) -> bool:
    """Staff search among the candidatures and proposals that they look after; others see their own few."""
    return roles_of(user).is_staff


def can_read_runs(user: Any) -> bool:
    """Staff read what the matching does; it holds figures, and names only of whom one may see."""
    return roles_of(user).is_staff


def can_run_matching(user: Any, wave: Wave) -> bool:
    """Whoever coordinates a partnership of the wave, or oversees the programme, starts a run: it is everybody's."""
    roles = roles_of(user)
    led = Partnership.objects.filter(pk__in=roles.coordinates, wave=wave)
    return roles.oversees_all or (bool(roles.coordinates) and led.exists())


def can_cancel_run(user: Any, run: MatchRun) -> bool:
    """A coordinator takes back the own run, or one that the calendar began; who oversees the programme, any."""
    is_own = run.asked_by_id in {None, user.pk}
    return can_run_matching(user, run.wave) and (is_own or roles_of(user).oversees_all)


def can_read_plans(user: Any) -> bool:
    """Coordinators read the plans of their partnerships, and whoever oversees the programme reads all."""
    roles = roles_of(user)
    return bool(roles.coordinates) or roles.oversees_all


def can_plan_for(user: Any, partnership: Partnership) -> bool:
    """The coordinator of a partnership plans for it."""
    return partnership.pk in roles_of(user).coordinates


def can_plan(user: Any, plan: Plan) -> bool:
    """The coordinator computes a plan again, takes it back, locks and forbids, and sends its proposals."""
    return plan.partnership_id in roles_of(user).coordinates


def can_invite_hosts(user: Any, partnership: Partnership) -> bool:
    """Who coordinates a partnership asks its organisations to become hosts."""
    return partnership.pk in roles_of(user).coordinates
