"""What the two sides of a proposal and their staff write to each other, and how far each reader has read."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from clusters.enums import ParticipantRole
from extratex.documents.models import Document
from extratex.shared import clock
from matchmaking.models.proposals import Proposal

ATTACHMENT = "message_attachment"
LONGEST_MESSAGE = 3000


class MessageQuerySet(models.QuerySet["Message"]):
    """Messages between the two sides of a proposal."""

    def for_thread(self) -> Self:
        """Return what a thread shows, the youngest first, with its authors and files."""
        return self.select_related("author").prefetch_related("attachments__document").order_by("-pk")


class Message(models.Model):
    """One message, written for one of the two sides, by its people or by the staff who look after it."""

    proposal = models.ForeignKey(
        Proposal, verbose_name=_("proposal"), on_delete=models.PROTECT, related_name="messages"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("author"), on_delete=models.PROTECT, related_name="+"
    )
    side = models.CharField(_("side"), max_length=10, choices=ParticipantRole.choices)
    by_staff = models.BooleanField(_("written by staff"), default=False)
    text = models.TextField(_("message"), max_length=LONGEST_MESSAGE)
    sent_at = models.DateTimeField(_("sent"), default=clock.now)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(side__in=ParticipantRole.values), name="message_side_is_known"),
            models.CheckConstraint(condition=~models.Q(text=""), name="message_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.proposal}: {self.author}, {self.sent_at:%Y-%m-%d %H:%M}"


class Attachment(models.Model):
    """A file that was sent with a message."""

    message = models.ForeignKey(
        Message, verbose_name=_("message"), on_delete=models.PROTECT, related_name="attachments"
    )
    document = models.OneToOneField(
        Document, verbose_name=_("document"), on_delete=models.PROTECT, related_name="message_attachment"
    )

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return str(self.document)


class Reading(models.Model):
    """How far a person has read in the messages of a proposal: up to the message with this key."""

    proposal = models.ForeignKey(
        Proposal, verbose_name=_("proposal"), on_delete=models.CASCADE, related_name="readings"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.CASCADE, related_name="+"
    )
    upto = models.BigIntegerField(_("up to the message"), default=0)

    class Meta:
        verbose_name = _("reading mark")
        verbose_name_plural = _("reading marks")
        constraints: ClassVar = [
            models.UniqueConstraint("proposal", "person", name="person_reads_a_proposal_up_to_one_message"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.upto}"
