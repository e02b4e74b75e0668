"""What waits between people: requests to join on which one decides, and invitations to oneself."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clusters.models import Invitation, JoinRequest
from exchanges.desk.items import Item, Reader, Source


def join_requests(reader: Reader) -> QuerySet[JoinRequest] | None:
    """Return the requests to join that wait for one's yes or no."""
    roles = reader.roles
    if not (roles.owns or roles.clusters or roles.led_clusters):
        return None
    return JoinRequest.objects.open().decided_by(reader.user).for_list()


def join_request_item(asked: JoinRequest, _reader: Reader) -> Item:
    """Return the line of a request to join."""
    return Item(
        key=f"join-request-{asked.pk}",
        url=reverse("clusters:join_request", args=[asked.pk]),
        title=str(asked.person),
        reference=str(asked.organisation),
        todo=_("say whether this person may join"),
        waits_since=asked.status_since,
        due_on=asked.expires_on,
    )


def invitations(reader: Reader) -> QuerySet[Invitation]:
    """Return the invitations to an address that one has confirmed."""
    return Invitation.objects.open().to_address_of(reader.user).for_list().order_by("status_since", "pk")


def invitation_item(invitation: Invitation, _reader: Reader) -> Item:
    """Return the line of an invitation."""
    return Item(
        key=f"invitation-{invitation.pk}",
        url=reverse("clusters:my_invitation", args=[invitation.pk]),
        title=str(invitation.place),
        reference=str(invitation.get_role_display()),
        todo=_("accept or decline the invitation"),
        waits_since=invitation.status_since,
        due_on=invitation.expires_on,
    )


SOURCES = [
    Source("invitations", gettext_lazy("Invitations"), invitations, invitation_item),
    Source("join-requests", gettext_lazy("Requests to join"), join_requests, join_request_item),
]
