"""Proposals of an exchange between a visitor and a host."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from clusters.enums import ParticipantRole
from extratex.shared import clock
from extratex.shared.audit import keep_history
from extratex.shared.moves import MoveEvent
from matchmaking.enums import ProposalStatus
from matchmaking.models.candidatures import Candidature
from matchmaking.models.querysets import ProposalQuerySet


@keep_history()
class Proposal(models.Model):
    """A visitor and a host consider an exchange; either may have proposed it, the other one answers."""

    Status = ProposalStatus

    visitor = models.ForeignKey(
        Candidature, verbose_name=_("visitor"), on_delete=models.PROTECT, related_name="proposals_as_visitor"
    )
    host = models.ForeignKey(
        Candidature, verbose_name=_("host"), on_delete=models.PROTECT, related_name="proposals_as_host"
    )
    proposed_by = models.CharField(_("proposed by the"), max_length=10, choices=ParticipantRole.choices)
    author = models.ForeignKey("clusters.User", verbose_name=_("author"), on_delete=models.PROTECT, related_name="+")
    message = models.TextField(_("message"), max_length=3000)
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
        ]

    def __str__(self) -> str:
        return f"{self.visitor.organisation} → {self.host.organisation}"

    @property
    def number(self) -> str:
        """Return the number under which staff speak of it."""
        return f"PRO-{self.pk:04d}"

    @property
    def sender(self) -> Candidature:
        """Return the candidature that has proposed."""
        return self.visitor if self.proposed_by == ParticipantRole.VISITOR else self.host

    @property
    def receiver(self) -> Candidature:
        """Return the candidature that answers."""
        return self.host if self.proposed_by == ParticipantRole.VISITOR else self.visitor

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
        return str(self.LABELS.get(self.move, self.move))
