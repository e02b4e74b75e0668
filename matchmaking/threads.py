"""The messages between the two sides of a proposal: writing one, and how far each reader has read."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clusters.enums import RuleName
from clusters.models import User
from clusters.queries import days
from extratex.documents import store
from extratex.shared import clock
from extratex.shared.moves import MoveConflict, MoveForbidden
from matchmaking import notices, permissions
from matchmaking.enums import ProposalStatus
from matchmaking.models import Attachment, Message, Proposal, Reading
from matchmaking.models.messages import ATTACHMENT

OPEN = (ProposalStatus.PROPOSED, ProposalStatus.ACCEPTED)


def is_open(proposal: Proposal) -> bool:
    """Tell whether one can write about a proposal: while it is open or agreed, and for some days after it is closed."""
    rest = timedelta(days=days(RuleName.THREAD_DAYS))
    return proposal.status in OPEN or clock.now() < proposal.status_since + rest


def can_write(user: Any, proposal: Proposal) -> bool:
    """Tell whether the person can write a message now."""
    return permissions.voice_of(user, proposal) is not None and is_open(proposal)


@transaction.atomic
def write(proposal: Proposal, *, author: User, text: str, files: "Iterable[UploadedFile[Any]]" = ()) -> Message:
    """Write a message for one's side; raises MoveForbidden, MoveConflict, or ValidationError where a file is no good.

    The proposal is locked, so that messages come in the order of their keys and a reading mark passes none over.
    """
    proposal = Proposal.objects.select_for_update(of=("self",), no_key=True).get(pk=proposal.pk)
    voice = permissions.voice_of(author, proposal)
    if voice is None:
        raise MoveForbidden(str(_("You may not do this here.")))
    if not is_open(proposal):
        raise MoveConflict(_("The proposal is closed, and so are its messages."), proposal)
    message = Message.objects.create(
        proposal=proposal, author=author, side=voice.side, by_staff=voice.as_staff, text=text
    )
    for upload in files:
        document = store.receive(upload, kind=ATTACHMENT, by=author)
        Attachment.objects.create(message=message, document=document)
    notices.tell_of_message(message)
    return message


def read_upto(proposal: Proposal, reader: User) -> int:
    """Return the key of the last message that the person has read; 0 where there is none."""
    readings = Reading.objects.filter(proposal=proposal, person=reader)
    return readings.values_list("upto", flat=True).first() or 0


def mark_read(proposal: Proposal, *, reader: User) -> int:
    """Mark as read what there is, and return up to which message the person had read before."""
    last = Message.objects.filter(proposal=proposal).order_by("-pk").values_list("pk", flat=True).first() or 0
    before = read_upto(proposal, reader)
    if last > before:
        Reading.objects.bulk_create(
            [Reading(proposal=proposal, person=reader, upto=last)],
            update_conflicts=True,
            unique_fields=["proposal", "person"],
            update_fields=["upto"],
        )
    return before
