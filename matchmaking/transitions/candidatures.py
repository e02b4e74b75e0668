"""Every change of a candidature's status happens in this file, and nowhere else."""

from collections.abc import Callable

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from clusters.enums import OrganisationStatus
from clusters.models import User
from extratex.shared import clock
from extratex.shared.moves import Machine, Move
from matchmaking import matching, notices, permissions, queries
from matchmaking.enums import CandidatureStatus as Status
from matchmaking.models import Candidature, CandidatureEvent, Proposal
from matchmaking.transitions import proposals
from matchmaking.words import refusal_in_words


def _can_be_sent(candidature: Candidature) -> StrOrPromise | None:
    """Say what is missing, or why the programme does not let the organisation take part."""
    return _missing(candidature) or against_taking_part(candidature)


def against_taking_part(candidature: Candidature) -> StrOrPromise | None:
    """Say why the organisation cannot send a candidature in this role whatever it says, or nothing."""
    if candidature.organisation.status not in queries.MAY_WRITE:
        return _("Send the registration of your organisation to its reference cluster first.")
    verdict = queries.verdict_of(candidature)
    return None if verdict.allowed or verdict.needs_pre_approval else refusal_in_words(verdict)


def _missing(candidature: Candidature) -> StrOrPromise | None:
    if not candidature.languages:
        return _("Say in which languages you can work.")
    if not candidature.motivation:
        return _("Say why you take part.")
    if not candidature.technologies.exists():
        return _("Choose at least one technology.")
    if not candidature.availabilities.filter(last_day__gte=clock.today()).exists():
        return _("Say when you are available: no period lies ahead.")
    return None


def _can_be_validated(candidature: Candidature) -> StrOrPromise | None:
    if candidature.organisation.status != OrganisationStatus.VALIDATED:
        return _("Validate the organisation first.")
    verdict = queries.verdict_of(candidature)
    return None if verdict.allowed else refusal_in_words(verdict)


def _needs_pre_approval(candidature: Candidature) -> StrOrPromise | None:
    if candidature.pre_approved_by_id is not None:
        return _("It is approved beforehand already.")
    return None if queries.verdict_of(candidature).needs_pre_approval else _("It needs no prior approval.")


def _is_untouched(candidature: Candidature) -> StrOrPromise | None:
    if queries.unanswered().filter(pk=candidature.pk).exists():
        return None
    return _("Somebody has shown interest meanwhile.")


CANDIDATURE = Machine.of(
    Candidature,
    CandidatureEvent,
    [
        Move(
            name="submit",
            label=_("Send to the reference cluster"),
            sources=frozenset({Status.DRAFT, Status.CHANGES_REQUESTED}),
            target=Status.SUBMITTED,
            allowed=permissions.can_write,
            guard=_can_be_sent,
        ),
        Move(
            name="pre_approve",
            label=_("Approve beforehand"),
            sources=frozenset({Status.SUBMITTED}),
            target=Status.SUBMITTED,
            allowed=permissions.can_pre_approve,
            guard=_needs_pre_approval,
            needs_note=True,
            note_label=_("Why this exceptional case is approved"),
            style="plain",
        ),
        Move(
            name="validate",
            label=_("Validate"),
            sources=frozenset({Status.SUBMITTED}),
            target=Status.VALIDATED,
            allowed=permissions.can_validate,
            guard=_can_be_validated,
        ),
        Move(
            name="send_back",
            label=_("Ask for changes"),
            sources=frozenset({Status.SUBMITTED}),
            target=Status.CHANGES_REQUESTED,
            allowed=permissions.can_validate,
            needs_note=True,
            note_label=_("What has to be changed, and why"),
            style="plain",
        ),
        Move(
            name="reject",
            label=_("Reject"),
            sources=frozenset({Status.SUBMITTED}),
            target=Status.REJECTED,
            allowed=permissions.can_validate,
            needs_note=True,
            note_label=_("Why it is rejected; the organisation reads this"),
            style="stop",
        ),
        Move(
            name="withdraw",
            label=_("Withdraw the candidature"),
            sources=frozenset(
                {Status.DRAFT, Status.SUBMITTED, Status.CHANGES_REQUESTED, Status.VALIDATED, Status.DORMANT}
            ),
            target=Status.WITHDRAWN,
            allowed=permissions.can_write,
            style="stop",
        ),
        Move(
            name="confirm",
            label=_("Still interested"),
            sources=frozenset({Status.VALIDATED}),
            target=Status.VALIDATED,
            allowed=permissions.can_write,
        ),
        Move(
            name="rest",
            label=_("Let it rest"),
            sources=frozenset({Status.VALIDATED}),
            target=Status.DORMANT,
            allowed=permissions.can_let_rest,
            guard=_is_untouched,
        ),
        Move(
            name="wake",
            label=_("Take part again"),
            sources=frozenset({Status.DORMANT}),
            target=Status.VALIDATED,
            allowed=permissions.can_write,
            guard=_can_be_validated,
        ),
        Move(
            name="reopen",
            label=_("Take it up again"),
            sources=frozenset({Status.WITHDRAWN}),
            target=Status.DRAFT,
            allowed=permissions.can_write,
        ),
    ],
)


@transaction.atomic
def begin(write: Callable[[], Candidature], *, author: User) -> Candidature:
    """Begin a candidature: `write` stores the draft."""
    candidature = write()
    CANDIDATURE.begin(candidature, actor=author)
    return candidature


def submit(candidature: Candidature, *, actor: User) -> Candidature:
    """Hand the candidature to the reference cluster."""
    return CANDIDATURE.apply("submit", candidature, actor=actor, effect=notices.tell_of_candidature)


def pre_approve(candidature: Candidature, *, actor: User, note: str) -> Candidature:
    """Record the programme's prior approval of an exceptional case, with its reason."""
    return CANDIDATURE.apply(
        "pre_approve",
        candidature,
        actor=actor,
        note=note,
        changes={"pre_approved_by": actor},
        effect=notices.tell_of_candidature,
    )


def validate(candidature: Candidature, *, actor: User) -> Candidature:
    """Let the candidature take part in the matching, which is asked to rank whom it concerns."""

    def take_part(fresh: Candidature) -> None:
        notices.tell_of_candidature(fresh)
        matching.ask_about(fresh, by=actor)

    return CANDIDATURE.apply(
        "validate", candidature, actor=actor, changes={"touched_at": clock.now()}, effect=take_part
    )


def confirm(candidature: Candidature, *, actor: User) -> Candidature:
    """Say that the candidature still holds; nobody asks again for a while."""
    return CANDIDATURE.apply("confirm", candidature, actor=actor, changes={"touched_at": clock.now()})


def rest(candidature: Candidature) -> Candidature:
    """Take a candidature for which nobody answers out of matching and catalogue, under the portal's own name."""

    def fall_asleep(fresh: Candidature) -> None:
        notices.tell_of_candidature(fresh)
        matching.ask_about(fresh)

    return CANDIDATURE.apply("rest", candidature, actor=User.objects.system(), effect=fall_asleep)


def wake(candidature: Candidature, *, actor: User) -> Candidature:
    """Let a dormant candidature take part again, as long as the programme still grants it."""

    def take_part(fresh: Candidature) -> None:
        matching.ask_about(fresh, by=actor)

    return CANDIDATURE.apply("wake", candidature, actor=actor, changes={"touched_at": clock.now()}, effect=take_part)


def send_back(candidature: Candidature, *, actor: User, note: str) -> Candidature:
    """Ask the organisation to change its candidature, with the reason."""
    return CANDIDATURE.apply("send_back", candidature, actor=actor, note=note, effect=notices.tell_of_candidature)


def reject(candidature: Candidature, *, actor: User, note: str) -> Candidature:
    """Refuse the candidature for this wave, with the reason."""
    return CANDIDATURE.apply("reject", candidature, actor=actor, note=note, effect=notices.tell_of_candidature)


def withdraw(candidature: Candidature, *, actor: User) -> Candidature:
    """Take the candidature back; its open proposals are closed, and the matching goes on without it."""

    def take_leave(fresh: Candidature) -> None:
        source = queries.candidature_history(fresh)[0].source
        if source != Status.DRAFT:
            notices.tell_of_candidature(fresh)
        if source in {Status.VALIDATED, Status.DORMANT}:
            _close_open_proposals(fresh)
            matching.ask_about(fresh, by=actor)

    return CANDIDATURE.apply("withdraw", candidature, actor=actor, effect=take_leave)


def reopen(candidature: Candidature, *, actor: User) -> Candidature:
    """Take a withdrawn candidature up again as a draft; a prior approval has to be given anew."""
    return CANDIDATURE.apply("reopen", candidature, actor=actor, changes={"pre_approved_by": None})


def _close_open_proposals(candidature: Candidature) -> None:
    note = gettext("%(organisation)s has withdrawn its candidature.") % {"organisation": candidature.organisation}
    for proposal in Proposal.objects.open().filter(**{candidature.role: candidature}).order_by("pk"):
        proposals.release(proposal, note=note)
