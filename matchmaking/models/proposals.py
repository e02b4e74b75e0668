"""Proposals of an exchange between a visitor and a host."""

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from clusters.enums import ParticipantRole
from clusters.words import period_in_words
from extratex.shared import clock
from extratex.shared.audit import keep_history
from extratex.shared.moves import MoveEvent
from matchmaking.enums import DeclineReason, ProposalStatus
from matchmaking.models.candidatures import Candidature
from matchmaking.models.querysets import ProposalQuerySet


@keep_history()
class Proposal(models.Model):
    """A visitor and a host consider an exchange; either may have proposed it, the other one answers.

    Who answers can propose other dates: this is the next offer, and the answer is the other side's. Without days an
    offer leaves them to be agreed.
    """

    Status = ProposalStatus

    visitor = models.ForeignKey(
        Candidature, verbose_name=_("visitor"), on_delete=models.PROTECT, related_name="proposals_as_visitor"
    )
    host = models.ForeignKey(
        Candidature, verbose_name=_("host"), on_delete=models.PROTECT, related_name="proposals_as_host"
    )
    proposed_by = models.CharField(_("proposed by the"), max_length=10, choices=ParticipantRole.choices)
    author = models.ForeignKey("clusters.User", verbose_name=_("author"), on_delete=models.PROTECT, related_name="+")
    for_member = models.BooleanField(_("proposed by staff for their member"), default=False, editable=False)
    agreed_before = models.BooleanField(_("agreed before"), default=False)
    message = models.TextField(_("message"), max_length=3000)
    first_day = models.DateField(_("first day"), null=True, blank=True)
    last_day = models.DateField(_("last day"), null=True, blank=True)
    offers = models.PositiveSmallIntegerField(_("offers so far"), default=1, editable=False)
    offered_at = models.DateTimeField(_("last offer"), default=clock.now, editable=False)
    turn = models.CharField(_("answered by the"), max_length=10, choices=ParticipantRole.choices, editable=False)
    reminded_of = models.DateField(_("reminded of the last day"), null=True, blank=True, editable=False)
    decline_reason = models.CharField(
        _("reason of the refusal"), max_length=20, choices=DeclineReason.choices, blank=True, editable=False
    )
    declined_periods = models.CharField(
        _("mark of both periods at the refusal"), max_length=24, blank=True, editable=False
    )
    expires_on = models.DateField(_("answer until"))
    status = models.CharField(
        _("status"), max_length=10, choices=ProposalStatus.choices, default=ProposalStatus.PROPOSED, editable=False
    )
    status_since = models.DateTimeField(_("since"), default=clock.now, editable=False)
    created_at = models.DateTimeField(_("proposed"), default=clock.now, editable=False)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering: ClassVar = ["-created_at", "-pk"]
        indexes: ClassVar = [
            models.Index("expires_on", condition=models.Q(status=ProposalStatus.PROPOSED), name="proposal_deadline"),
            models.Index("host", condition=models.Q(status=ProposalStatus.ACCEPTED), name="proposal_takes_a_place"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["visitor", "host"],
                condition=models.Q(status__in=[ProposalStatus.PROPOSED, ProposalStatus.ACCEPTED]),
                name="pair_has_one_live_proposal",
            ),
            models.CheckConstraint(
                condition=~models.Q(visitor=models.F("host")), name="proposal_joins_two_candidatures"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=ProposalStatus.values), name="proposal_status_is_known"
            ),
            models.CheckConstraint(condition=models.Q(turn__in=ParticipantRole.values), name="proposal_has_its_turn"),
            models.CheckConstraint(
                condition=models.Q(first_day__isnull=True, last_day__isnull=True)
                | models.Q(first_day__isnull=False, last_day__isnull=False, last_day__gte=models.F("first_day")),
                name="proposed_stay_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.visitor.organisation} → {self.host.organisation}"

    def save(self, *args: Any, **options: Any) -> None:
        """Store the row; a new proposal is answered by whom it was made to."""
        self.turn = self.turn or self.receiver.role
        super().save(*args, **options)

    @property
    def number(self) -> str:
        """Return the number under which staff speak of it."""
        return f"PRO-{self.pk:04d}"

    @property
    def days(self) -> tuple[date, date] | None:
        """Return the days on the table, both included, or nothing where they are still to be agreed."""
        return None if self.first_day is None or self.last_day is None else (self.first_day, self.last_day)

    @property
    def sender(self) -> Candidature:
        """Return the candidature that has proposed."""
        return self.visitor if self.proposed_by == ParticipantRole.VISITOR else self.host

    @property
    def receiver(self) -> Candidature:
        """Return the candidature to which it was proposed."""
        return self.host if self.proposed_by == ParticipantRole.VISITOR else self.visitor

    @property
    def answering(self) -> Candidature:
        """Return the candidature whose answer is due."""
        return self.visitor if self.turn == ParticipantRole.VISITOR else self.host

    @property
    def waiting(self) -> Candidature:
        """Return the candidature that has made the last offer and waits for the answer."""
        return self.host if self.turn == ParticipantRole.VISITOR else self.visitor

    @property
    def status_tone(self) -> str:
        """Return how the status is coloured."""
        return {
            ProposalStatus.ACCEPTED: "ok",
            ProposalStatus.PROPOSED: "wait",
            ProposalStatus.DECLINED: "stop",
        }.get(ProposalStatus(self.status), "")


class ProposalEvent(MoveEvent):
    """What happened to a proposal."""

    LABELS: ClassVar = {
        "begin": _("Proposed"),
        "remind": _("Recalled to the side that has to answer"),
        "counter": _("Other dates proposed"),
        "accept": _("Accepted"),
        "decline": _("Declined"),
        "withdraw": _("Withdrawn"),
        "expire": _("Expired without an answer"),
        "release": _("Given up: the exchange was cancelled"),
    }

    subject = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="events")

    class Meta(MoveEvent.Meta):
        verbose_name = _("event of a proposal")
        verbose_name_plural = _("events of proposals")

    @property
    def label(self) -> str:
        """Return the event in words."""
        if member := self.facts.get("for_member"):
            return _("Proposed by staff for %(member)s") % {"member": member}
        if self.move == "begin" and self.facts.get("agreed_before"):
            return str(_("Named as agreed before"))
        return str(self.LABELS.get(self.move, self.move))

    @property
    def remarks(self) -> list[tuple[str, str]]:
        """Return what was offered, or the chosen reason of a refusal, each with its name."""
        told = []
        if "first_day" in self.facts:
            days = (date.fromisoformat(self.facts[name]) for name in ("first_day", "last_day"))
            told.append((str(_("Dates")), period_in_words(*days)))
        if reason := self.facts.get("reason"):
            told.append((str(_("Reason")), str(DeclineReason(reason).label)))
        return told
