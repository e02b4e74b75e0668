"""Who is told what when a candidature or a proposal moves, and when new hosts are suggested."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from clusters.enums import StaffRoleName
from clusters.models import User
from extratex.notices import outbox
from matchmaking.models import Candidature, MatchRun, Proposal
from matchmaking.queries import candidature_history, proposal_history, verdict_of

type Audience[M] = Callable[[M], Q]


@dataclass(frozen=True)
class Message[M]:
    """What one audience is told; the texts name {visitor}, {host}, {organisation}, {role} and {note}."""

    to: tuple[Audience[M], ...]
    subject: StrOrPromise
    text: StrOrPromise


def members(candidature: Candidature) -> Q:
    """The people of the organisation."""
    return Q(memberships__organisation=candidature.organisation_id)


def reference_staff(candidature: Candidature) -> Q:
    """The staff of the reference cluster."""
    return Q(
        staff_roles__cluster=candidature.organisation.reference_cluster_id,
        staff_roles__role=StaffRoleName.REFERENCE_STAFF,
    )


def pre_approvers(candidature: Candidature) -> Q:
    """The programme officers, where nothing but their approval is missing; otherwise nobody."""
    nobody = Q(pk__in=[])
    return (
        Q(staff_roles__role=StaffRoleName.PROGRAMME_OFFICER) if verdict_of(candidature).needs_pre_approval else nobody
    )


def sender(proposal: Proposal) -> Q:
    """The people of the side that proposed."""
    return members(proposal.sender)


def receiver(proposal: Proposal) -> Q:
    """The people of the side that is asked."""
    return members(proposal.receiver)


def sender_not_asked(proposal: Proposal) -> Q:
    """The people of the side that proposed, where staff did it on their behalf; otherwise nobody."""
    own = proposal.sender.organisation.memberships.filter(user=proposal.author_id).exists()
    return Q(pk__in=[]) if own else members(proposal.sender)


def both_clusters(proposal: Proposal) -> Q:
    """The staff of both reference clusters."""
    return reference_staff(proposal.visitor) | reference_staff(proposal.host)


OF_CANDIDATURES: dict[str, tuple[Message[Candidature], ...]] = {
    "submit": (
        Message(
            (reference_staff,),
            _("A candidature of {organisation} waits for your validation"),
            _("{organisation} wants to take part as {role}. Please validate the candidature or send it back."),
        ),
        Message(
            (pre_approvers,),
            _("{organisation} asks for a prior approval"),
            _("{organisation} can take part as {role} only if the programme approves it beforehand."),
        ),
        Message(
            (members,),
            _("Your candidature as {role} is with {cluster}"),
            _("{cluster} checks the candidature of {organisation}. You hear from us as soon as it has decided."),
        ),
    ),
    "pre_approve": (
        Message(
            (reference_staff, members),
            _("The programme has approved the candidature of {organisation} beforehand"),
            _("The reference cluster can validate it now."),
        ),
    ),
    "validate": (
        Message(
            (members,),
            _("Your candidature as {role} is validated"),
            _("{organisation} takes part in the matching from now on. We tell you as soon as there is a suggestion."),
        ),
    ),
    "send_back": (
        Message(
            (members,),
            _("Please change something in your candidature as {role}"),
            _("{cluster} asks you to change something: {note}"),
        ),
    ),
    "reject": (
        Message(
            (members,),
            _("Your candidature as {role} was not accepted"),
            _("{cluster} has rejected the candidature. The reason: {note}"),
        ),
    ),
    "withdraw": (
        Message(
            (reference_staff, members),
            _("{organisation} has withdrawn its candidature as {role}"),
            _("It no longer takes part in the matching; its open proposals are closed."),
        ),
    ),
}

OF_PROPOSALS: dict[str, tuple[Message[Proposal], ...]] = {
    "begin": (
        Message(
            (receiver,),
            _("{sender} proposes an exchange"),
            _("{visitor} would visit {host}. Please accept or decline; the message and the profile are on the page."),
        ),
        Message(
            (sender_not_asked,),
            _("{author} has proposed an exchange with {receiver} on your behalf"),
            _("{visitor} would visit {host}. Nothing is asked of you; take the proposal back if it does not suit you."),
        ),
    ),
    "accept": (
        Message(
            (sender,),
            _("{receiver} has accepted your proposal"),
            _("{visitor} visits {host}. Build the file of the exchange together now."),
        ),
        Message(
            (receiver,),
            _("The proposal of {sender} is accepted"),
            _("{visitor} visits {host}. Build the file of the exchange together now."),
        ),
        Message(
            (both_clusters,),
            _("{visitor} and {host} have agreed on an exchange"),
            _("They build the file now. You are told when it is ready to be signed."),
        ),
    ),
    "decline": (
        Message(
            (sender,),
            _("{receiver} has declined your proposal"),
            _("The reason: {note}\n\nYou can propose to another host or visitor at once."),
        ),
    ),
    "withdraw": (
        Message((receiver,), _("{sender} has taken its proposal back"), _("You need not answer it any more.")),
    ),
    "expire": (
        Message(
            (sender,),
            _("Your proposal to {receiver} has expired"),
            _("There was no answer in time. You can propose to somebody else, or once more."),
        ),
        Message((receiver,), _("The proposal of {sender} has expired"), _("It was not answered in time.")),
    ),
    "release": (
        Message(
            (sender, receiver),
            _("The proposal between {visitor} and {host} is closed"),
            _("The reason: {note}"),
        ),
    ),
}


def tell_of_candidature(candidature: Candidature) -> None:
    """Tell everybody whom the last move of a candidature concerns."""
    event = candidature_history(candidature)[0]
    words = {
        "organisation": candidature.organisation.legal_name,
        "role": candidature.get_role_display().lower(),
        "cluster": candidature.organisation.reference_cluster.short_name,
        "note": event.note,
    }
    link = reverse("matchmaking:candidature", args=[candidature.pk])
    for message in OF_CANDIDATURES.get(event.move, ()):
        people = _people(audience(candidature) for audience in message.to)
        _tell(people, message, words, link, f"candidature event {event.pk}")


def tell_of_proposal(proposal: Proposal) -> None:
    """Tell everybody whom the last move of a proposal concerns, except the one who made it."""
    event = proposal_history(proposal)[0]
    words = {
        "visitor": proposal.visitor.organisation.legal_name,
        "host": proposal.host.organisation.legal_name,
        "sender": proposal.sender.organisation.legal_name,
        "receiver": proposal.receiver.organisation.legal_name,
        "author": str(proposal.author),
        "note": event.note,
    }
    link = reverse("matchmaking:proposal", args=[proposal.pk])
    for message in OF_PROPOSALS.get(event.move, ()):
        people = _people(audience(proposal) for audience in message.to).exclude(pk=event.actor_id)
        _tell(people, message, words, link, f"proposal event {event.pk}")


def tell_of_suggestions(visitor: Candidature, run: MatchRun, number: int) -> None:
    """Tell a visitor once a run that there are hosts which it has not been suggested before."""
    message: Message[Candidature] = Message(
        (members,),
        _("New hosts are suggested to {organisation}"),
        _("New suggestions: {number}. Each one says why it fits; you can propose an exchange at once."),
    )
    words = {"organisation": visitor.organisation.legal_name, "number": str(number)}
    link = reverse("matchmaking:suggestions") + f"?candidature={visitor.pk}"
    _tell(_people([members(visitor)]), message, words, link, f"match run {run.pk} candidature {visitor.pk}")


def _people(audiences: Iterable[Q]) -> QuerySet[User]:
    condition = Q(pk__in=[])
    for audience in audiences:
        condition |= audience
    return User.objects.filter(condition, is_active=True).distinct().order_by("pk")


def _tell(people: Iterable[User], message: Message[Any], words: dict[str, str], link: str, key: str) -> None:
    for person in people:
        outbox.tell(
            person,
            "matchmaking",
            format_lazy(message.subject, **words),
            format_lazy(message.text, **words),
            link=link,
            key=key,
        )
