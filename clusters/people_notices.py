"""Who is told what when people ask to join, are invited, change roles or leave, and what an invitation says."""

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clusters import queries
from clusters.enums import InvitationStatus, JoinRequestStatus
from clusters.models import Invitation, JoinRequest, Organisation, RoleEvent
from extratex.notices import outbox
from extratex.notices.models import ACCOUNT
from extratex.shared.links import unlinked

LONGEST_NAME = 100


def named(text: object) -> str:
    """Return a name as a mail may carry it to somebody who does not know its author: one short line without links."""
    return unlinked(outbox.one_line(str(text), LONGEST_NAME))


def send_invitation(invitation: Invitation, token: str) -> None:
    """Write the mail with the link to the invited address; the outbox forgets its text once it is delivered."""
    values = {
        "inviter": named(invitation.invited_by),
        "place": named(invitation.place),
        "role": str(invitation.get_role_display()).lower(),
        "email": invitation.email,
        "day": date_format(invitation.expires_on, "j F Y"),
        "address": settings.SITE_ADDRESS + reverse("clusters:invitation", args=[token]),
    }
    text = gettext(
        "%(inviter)s invites you to work for %(place)s in the portal of ClusterXchange. Your role: %(role)s.\n\n"
        "See the invitation, and accept or decline it, on this page:\n%(address)s\n\n"
        "It is for %(email)s and can be accepted until %(day)s. If you did not expect it, you need do nothing: "
        "nobody is added without accepting."
    )
    outbox.write_to(
        invitation.email,
        kind=ACCOUNT,
        subject=gettext("%(inviter)s invites you to %(place)s") % values,
        text=text % values,
        key=f"invitation {invitation.token_hash}",
    )


def tell_of_acceptance(invitation: Invitation) -> None:
    """Tell whoever sent an invitation what became of it."""
    subjects = {
        InvitationStatus.ACCEPTED: _("{who} has accepted your invitation"),
        InvitationStatus.DECLINED: _("{who} has declined your invitation"),
        InvitationStatus.EXPIRED: _("Your invitation to {who} has expired"),
    }
    texts = {
        InvitationStatus.ACCEPTED: _("{who} now works for {place} as {role}."),
        InvitationStatus.DECLINED: _("{who} does not want to work for {place} in the portal."),
        InvitationStatus.EXPIRED: _("{who} has not answered in time. You can send the invitation for {place} again."),
    }
    status = InvitationStatus(invitation.status)
    who = f"{invitation.accepted_by} ({invitation.email})" if invitation.accepted_by else invitation.email
    words = {"who": named(who), "place": named(invitation.place), "role": str(invitation.get_role_display()).lower()}
    outbox.tell(
        invitation.invited_by,
        "people",
        format_lazy(subjects[status], **words),
        format_lazy(texts[status], **words),
        link=page_of_people(invitation.organisation),
        key=f"invitation {invitation.pk} {invitation.events.count()}",
    )


def tell_of_join_request(join_request: JoinRequest) -> None:
    """Tell those who decide that somebody asks to join; what that person writes stands on the page only."""
    words = {"person": named(join_request.person), "organisation": named(join_request.organisation)}
    for decider in queries.deciders_on_people_of(join_request.organisation).exclude(pk=join_request.person_id):
        outbox.tell(
            decider,
            "people",
            format_lazy(_("{person} asks to join {organisation}"), **words),
            format_lazy(
                _("{person} would like to work for {organisation} in the portal. Please say yes or no."), **words
            ),
            link=reverse("clusters:join_request", args=[join_request.pk]),
            key=f"join request {join_request.pk}",
        )


def tell_of_answer(join_request: JoinRequest) -> None:
    """Tell whoever asked to join what the answer is."""
    subjects = {
        JoinRequestStatus.ACCEPTED: _("You now work for {organisation}"),
        JoinRequestStatus.DECLINED: _("{organisation} has declined your request"),
        JoinRequestStatus.EXPIRED: _("{organisation} has not answered your request"),
    }
    texts = {
        JoinRequestStatus.ACCEPTED: _("{organisation} has let you in. You find it under “My organisation”."),
        JoinRequestStatus.DECLINED: _("{organisation} does not let you in. The reason: {note}"),
        JoinRequestStatus.EXPIRED: _("Nobody has answered in time. You may ask again, or write to the cluster."),
    }
    status = JoinRequestStatus(join_request.status)
    last = join_request.events.order_by("-pk")[0]
    words = {"organisation": named(join_request.organisation), "note": unlinked(last.note)}
    outbox.tell(
        join_request.person,
        "people",
        format_lazy(subjects[status], **words),
        format_lazy(texts[status], **words),
        link=reverse("clusters:join_request", args=[join_request.pk]),
        key=f"join request {join_request.pk} answer",
    )


def tell_of_role(event: RoleEvent) -> None:
    """Tell a person that a role was changed or ended, unless she did it herself."""
    if event.actor_id == event.person_id:
        return
    place = event.organisation or event.cluster or event.partnership or gettext("the ClusterXchange programme")
    outbox.tell(
        event.person,
        "people",
        format_lazy(_("Your role at {place} has changed"), place=named(place)),
        format_lazy("{event}. {by}: {actor}.", event=event.label, by=_("By"), actor=named(event.actor)),
        link=page_of_people(event.organisation),
        key=f"role event {event.pk}",
    )


def tell_of_departure(event: RoleEvent) -> None:
    """Tell the owners that somebody has left, and whoever was removed that it is so."""
    organisation = event.organisation
    if organisation is None:
        raise ValueError("Only an organisation is left; staff roles are ended.")
    words = {"person": named(event.person), "organisation": named(organisation), "actor": named(event.actor)}
    for owner in queries.owners_of(organisation).exclude(pk=event.actor_id):
        outbox.tell(
            owner,
            "people",
            format_lazy(_("{person} no longer works for {organisation}"), **words),
            format_lazy(_("Done by {actor}. What was in this person’s charge has passed to an owner."), **words),
            link=page_of_people(organisation),
            key=f"role event {event.pk}",
        )
    if event.actor_id != event.person_id:
        outbox.tell(
            event.person,
            "people",
            format_lazy(_("You no longer work for {organisation}"), **words),
            format_lazy(
                _("{actor} has removed you from {organisation} in the portal. Your account stays as it is."), **words
            ),
            key=f"role event {event.pk}",
        )


def page_of_people(organisation: Organisation | None) -> str:
    """Return the address of the page of an organisation's people, or of the programme's staff."""
    return reverse("clusters:people", args=[organisation.pk]) if organisation else reverse("clusters:staff")
