"""Plans: who should visit whom under targets and a budget, what coordinators wish, and what became of each pair."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from clusters.models import Partnership
from extratex.shared import clock
from extratex.shared.audit import keep_history
from matchmaking.enums import PairOutcome, RunStatus, WishKind
from matchmaking.models.candidatures import Candidature
from matchmaking.models.proposals import Proposal
from matchmaking.models.querysets_plans import PairWishQuerySet, PlannedPairQuerySet, PlanQuerySet

LONGEST_SEARCH = 120
"""In seconds: with reading before it and prices behind it, it has to fit into one task of a worker."""


class Plan(models.Model):
    """The best exchanges for the visitors of a partnership; the row is the intent, a worker makes it true.

    The limits are those of the whole partnership: what has been agreed already counts towards them. `parameters` keep
    the weights, the wishes and the supply that it was made with, `figures` what came out.
    """

    partnership = models.ForeignKey(
        Partnership, verbose_name=_("partnership"), on_delete=models.PROTECT, related_name="plans"
    )
    parent = models.ForeignKey(
        "self", verbose_name=_("computed again from"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    status = models.CharField(_("status"), max_length=10, choices=RunStatus.choices, default=RunStatus.WAITING)
    asked_by = models.ForeignKey(
        "clusters.User", verbose_name=_("asked by"), on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(_("asked"), default=clock.now)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    fault = models.CharField(_("fault"), max_length=300, blank=True)

    max_exchanges = models.PositiveIntegerField(_("exchanges at most"), null=True, blank=True)
    budget = models.DecimalField(
        _("money for them (EUR)"),
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    min_sme = models.PositiveIntegerField(_("visits by SMEs at least"), default=0)
    min_non_member = models.PositiveIntegerField(_("visitors from outside the partnerships at least"), default=0)
    min_cross_sector_share = models.DecimalField(
        _("share of cross-sector exchanges at least"),
        max_digits=4,
        decimal_places=3,
        default=0,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
    )
    seconds = models.PositiveSmallIntegerField(
        _("seconds to search"), default=30, validators=[MinValueValidator(1), MaxValueValidator(LONGEST_SEARCH)]
    )
    parameters = models.JSONField(_("parameters"), default=dict)
    progress = models.JSONField(_("progress"), default=dict)
    figures = models.JSONField(_("figures"), default=dict)

    message = models.TextField(_("message to visitors and hosts"), max_length=3000, blank=True)
    confirmed_by = models.ForeignKey(
        "clusters.User", verbose_name=_("sent by"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(_("sending confirmed"), null=True, blank=True)
    sent_at = models.DateTimeField(_("all sent"), null=True, blank=True)

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        ordering: ClassVar = ["-asked_at", "-pk"]
        indexes: ClassVar = [
            models.Index(fields=["partnership", "-asked_at"], name="plans_of_a_partnership"),
            models.Index(
                "asked_at",
                name="plan_to_compute",
                condition=models.Q(status__in=[RunStatus.WAITING, RunStatus.RUNNING]),
            ),
            models.Index(
                "confirmed_at",
                name="plan_to_send",
                condition=models.Q(confirmed_at__isnull=False, sent_at__isnull=True),
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(status__in=RunStatus.values), name="plan_status_is_known"),
            models.CheckConstraint(
                condition=models.Q(min_cross_sector_share__range=(0, 1)), name="plan_share_is_between_0_and_1"
            ),
            models.CheckConstraint(
                condition=models.Q(budget__isnull=True) | models.Q(budget__gte=0), name="plan_budget_is_not_negative"
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_at__isnull=True)
                | models.Q(status=RunStatus.DONE, confirmed_by__isnull=False),
                name="plan_is_sent_when_it_is_done",
            ),
            models.CheckConstraint(
                condition=models.Q(sent_at__isnull=True) | models.Q(confirmed_at__isnull=False),
                name="plan_is_sent_after_it_was_confirmed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partnership} · {self.number}"

    @property
    def number(self) -> str:
        """Return the number under which staff speak of it."""
        return f"PLAN-{self.pk:04d}"

    @property
    def is_unfinished(self) -> bool:
        """Tell whether a worker still has to compute something."""
        return self.status in {RunStatus.WAITING, RunStatus.RUNNING}

    @property
    def is_done(self) -> bool:
        """Tell whether the plan is computed."""
        return self.status == RunStatus.DONE

    @property
    def is_being_sent(self) -> bool:
        """Tell whether its proposals are under way."""
        return self.confirmed_at is not None and self.sent_at is None

    @property
    def status_tone(self) -> str:
        """Return how the status is coloured."""
        return {RunStatus.DONE: "ok", RunStatus.FAILED: "stop", RunStatus.CANCELLED: ""}.get(
            RunStatus(self.status), "wait"
        )


class PlannedPair(models.Model):
    """A visitor and a host that a plan has chosen, and what became of the proposal once it was to be sent."""

    plan = models.ForeignKey(Plan, verbose_name=_("plan"), on_delete=models.CASCADE, related_name="pairs")
    visitor = models.ForeignKey(Candidature, verbose_name=_("visitor"), on_delete=models.CASCADE, related_name="+")
    host = models.ForeignKey(Candidature, verbose_name=_("host"), on_delete=models.CASCADE, related_name="+")
    score = models.DecimalField(_("score"), max_digits=4, decimal_places=1)
    cost = models.DecimalField(_("lump sum (EUR)"), max_digits=8, decimal_places=2)
    cross_sector = models.BooleanField(_("cross-sector"))
    is_locked = models.BooleanField(_("wished by the coordinator"), default=False)
    outcome = models.CharField(
        _("outcome"), max_length=10, choices=PairOutcome.choices, default=PairOutcome.CHOSEN, editable=False
    )
    why_not = models.CharField(_("why it was not sent"), max_length=500, blank=True)
    proposal = models.ForeignKey(
        Proposal, verbose_name=_("proposal"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = PlannedPairQuerySet.as_manager()

    class Meta:
        verbose_name = _("planned pair")
        verbose_name_plural = _("planned pairs")
        ordering: ClassVar = ["-score", "pk"]
        indexes: ClassVar = [models.Index(fields=["plan", "-score", "id"], name="pairs_of_a_plan")]
        constraints: ClassVar = [
            models.UniqueConstraint("plan", "visitor", name="visitor_is_planned_once"),
            models.CheckConstraint(
                condition=models.Q(outcome__in=PairOutcome.values), name="planned_pair_outcome_is_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(outcome=PairOutcome.SENT) | models.Q(proposal__isnull=False),
                name="sent_pair_has_its_proposal",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.visitor.organisation} → {self.host.organisation}"


@keep_history()
class PairWish(models.Model):
    """A coordinator wants a pair in every plan of the partnership from now on, or in none."""

    partnership = models.ForeignKey(
        Partnership, verbose_name=_("partnership"), on_delete=models.PROTECT, related_name="pair_wishes"
    )
    visitor = models.ForeignKey(Candidature, verbose_name=_("visitor"), on_delete=models.CASCADE, related_name="+")
    host = models.ForeignKey(Candidature, verbose_name=_("host"), on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(_("wish"), max_length=10, choices=WishKind.choices)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    author = models.ForeignKey("clusters.User", verbose_name=_("author"), on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("made"), default=clock.now)

    objects = PairWishQuerySet.as_manager()

    class Meta:
        verbose_name = _("wish for a pair")
        verbose_name_plural = _("wishes for pairs")
        ordering: ClassVar = ["made_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint("partnership", "visitor", "host", name="pair_is_wished_in_one_way"),
            models.CheckConstraint(condition=models.Q(kind__in=WishKind.values), name="wish_kind_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.visitor.organisation} → {self.host.organisation}: {self.get_kind_display()}"
