"""Who is told what when a candidature or a proposal moves, and when new hosts are suggested."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from clusters.enums import RuleName, StaffRoleName
from clusters.models import User
from clusters.queries import days
from extratex.notices import outbox
from matchmaking import offers
from matchmaking.enums import DeclineReason
from matchmaking.models import Candidature, HostInvitation, MatchRun, Proposal, ProposalEvent, Reading
from matchmaking.models import Message as ThreadMessage
from matchmaking.queries import candidature_history, proposal_history, verdict_of

type Audience[M] = Callable[[M], Q]


@dataclass(frozen=True)
class Message[M]:
    """What one audience is told; the texts name {visitor}, {host}, {organisation}, {role}, {days} and {note}."""

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


def waiting(proposal: Proposal) -> Q:
    """The people of the side that has made the last offer."""
    return members(proposal.waiting)


def answering(proposal: Proposal) -> Q:
    """The people of the side whose answer is due."""
    return members(proposal.answering)


def helpers(proposal: Proposal) -> Q:
    """Whoever of the staff has proposed for a member; otherwise nobody."""
    return Q(pk=proposal.author_id) if proposal.for_member else Q(pk__in=[])


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
    "rest": (
        Message(
            (members,),
            _("Your candidature as {role} is dormant"),
            _(
                "Nobody has told us whether it still holds, so {organisation} takes no part in the matching for now. "
                "One click wakes it."
            ),
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
            (answering,),
            _("{waiting} proposes an exchange"),
            _(
                "{visitor} would visit {host}, {days}. Please accept, decline or propose other dates; the message and "
                "the profile are on the page."
            ),
        ),
    ),
    "begin as agreed": (
        Message(
            (answering,),
            _("{waiting} says that you have agreed on an exchange"),
            _("{visitor} would visit {host}, {days}. If that is so, one click confirms it."),
        ),
    ),
    "begin for a member": (
        Message(
            (waiting,),
            _("{author} has proposed an exchange with {answering} on your behalf"),
            _(
                "{visitor} would visit {host}, {days}. You "
                "get the answer; if you do not want it, take it back on the page."
            ),
        ),
    ),
    "counter": (
        Message(
            (answering,),
            _("{waiting} proposes other dates"),
            _("{visitor} would visit {host}, {days}. {note}\n\nPlease accept, decline or propose others by {until}."),
        ),
    ),
    "remind": (
        Message(
            (answering,),
            _("{waiting} still waits for your answer"),
            _("{visitor} would visit {host}, {days}. After {until} the proposal expires."),
        ),
    ),
    "accept": (
        Message(
            (waiting,),
            _("{answering} has accepted your proposal"),
            _("{visitor} visits {host}, {days}. Build the file of the exchange together now."),
        ),
        Message(
            (answering,),
            _("The proposal of {waiting} is accepted"),
            _("{visitor} visits {host}, {days}. Build the file of the exchange together now."),
        ),
        Message(
            (both_clusters,),
            _("{visitor} and {host} have agreed on an exchange"),
            _("They build the file now. You are told when it is ready to be signed."),
        ),
    ),
    "decline": (
        Message(
            (waiting, helpers),
            _("{answering} has declined your proposal"),
            _("The reason: {reason}. {note}\n\nYou can propose to another host or visitor at once."),
        ),
    ),
    "withdraw": (
        Message((answering,), _("{waiting} has taken its proposal back"), _("You need not answer it any more.")),
    ),
    "expire": (
        Message(
            (waiting,),
            _("Your proposal to {answering} has expired"),
            _("There was no answer in time. You can propose to somebody else, or once more."),
        ),
        Message((answering,), _("The proposal of {waiting} has expired"), _("It was not answered in time.")),
    ),
    "release": (
        Message(
            (waiting, answering),
            _("The proposal between {visitor} and {host} is closed"),
            _("The reason: {note}"),
        ),
    ),
}
NEWS: Message[Proposal] = Message(
    (),
    _("{author} has written to you about {visitor} and {host}"),
    _("The message is on the page of the proposal. Until you have read it, no further mail tells of more."),
)

HOST_INVITATION = _(
    "Visitors look for hosts that offer what you do, and there are too few: {technologies}. As a host you say when you"
    " are free and how many visitors you can receive, and you decide about every visit. The candidature takes a few"
    " minutes.\n\n{note}"
)


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
    reason = event.facts.get("reason", "")
    words = {
        **_names(proposal),
        "author": str(event.actor),
        "days": offers.days_in_words(proposal.days),
        "until": date_format(proposal.expires_on, "j F Y"),
        "reason": str(DeclineReason(reason).label) if reason else "",
        "note": event.note,
    }
    link = reverse("matchmaking:proposal", args=[proposal.pk])
    for message in _messages_on(event):
        people = _people(audience(proposal) for audience in message.to).exclude(pk=event.actor_id)
        _tell(people, message, words, link, f"proposal event {event.pk}")


def _messages_on(event: ProposalEvent) -> list[Message[Proposal]]:
    if event.move != "begin":
        return list(OF_PROPOSALS.get(event.move, ()))
    names = ["begin as agreed" if event.facts.get("agreed_before") else "begin"]
    names += ["begin for a member"] if event.facts.get("for_member") else []
    return [message for name in names for message in OF_PROPOSALS[name]]


def tell_of_message(message: ThreadMessage) -> None:
    """Tell the other side, and the staff who have joined in, of a message; once until they have read what there is."""
    proposal = message.proposal
    link = reverse("matchmaking:proposal", args=[proposal.pk]) + "#thread"
    words = {**_names(proposal), "author": str(message.author)}
    own_side = Q(pk__in=[]) if message.by_staff else members(getattr(proposal, message.side))
    wrote = Q(pk__in=ThreadMessage.objects.filter(proposal=proposal).values("author"))
    concerned = _people([members(proposal.visitor), members(proposal.host), wrote])
    others = concerned.exclude(pk=message.author_id).exclude(pk__in=User.objects.filter(own_side).values("pk"))
    read = dict(Reading.objects.filter(proposal=proposal).values_list("person", "upto"))
    for person in others:
        _tell([person], NEWS, words, link, f"proposal {proposal.pk} messages after {read.get(person.pk, 0)}")


def _names(proposal: Proposal) -> dict[str, str]:
    return {
        "visitor": proposal.visitor.organisation.legal_name,
        "host": proposal.host.organisation.legal_name,
        "waiting": proposal.waiting.organisation.legal_name,
        "answering": proposal.answering.organisation.legal_name,
    }


def ask_whether_it_holds(candidature: Candidature, *, key: str) -> None:
    """Ask the people of a candidature that nobody has touched for long whether it still holds."""
    message: Message[Candidature] = Message(
        (members,),
        _("Are you still interested as {role}?"),
        _(
            "Nobody has touched the candidature of {organisation} for {days} days. One click says that it still holds; "
            "without an answer it rests after {left} days and is suggested to nobody."
        ),
    )
    words = {
        "organisation": candidature.organisation.legal_name,
        "role": candidature.get_role_display().lower(),
        "days": str(days(RuleName.INTEREST_REMINDER_DAYS)),
        "left": str(days(RuleName.INTEREST_ANSWER_DAYS)),
    }
    link = reverse("matchmaking:candidature", args=[candidature.pk])
    _tell(_people([members(candidature)]), message, words, link, key)


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


def tell_of_host_invitation(invitation: HostInvitation) -> None:
    """Ask the people of an organisation to write a candidature as host."""
    message: Message[HostInvitation] = Message(
        (lambda each: Q(memberships__organisation=each.organisation_id),),
        _("{partnership} asks {organisation} to receive visitors"),
        HOST_INVITATION,
    )
    words = {
        "partnership": invitation.partnership.acronym,
        "organisation": invitation.organisation.legal_name,
        "technologies": ", ".join(invitation.technologies),
        "note": invitation.note,
    }
    people = _people(audience(invitation) for audience in message.to)
    _tell(people, message, words, reverse("matchmaking:new", args=["host"]), f"host invitation {invitation.pk}")


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
