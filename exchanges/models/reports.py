"""What comes back from a stay: the closing reports and the evidence."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from clusters.enums import ParticipantRole
from exchanges.enums import EvidenceKind
from exchanges.models.exchanges import Exchange
from exchanges.models.querysets import EvidenceQuerySet
from extratex.documents.models import Document
from extratex.shared import clock
from extratex.shared.audit import keep_history


@keep_history()
class ClosingReport(models.Model):
    """What visitor or host say of the exchange when it is over."""

    exchange = models.ForeignKey(Exchange, verbose_name=_("exchange"), on_delete=models.PROTECT, related_name="reports")
    role = models.CharField(_("role"), max_length=10, choices=ParticipantRole.choices)
    author = models.ForeignKey("clusters.User", verbose_name=_("author"), on_delete=models.PROTECT, related_name="+")
    summary = models.TextField(_("what took place"), max_length=5000)
    outcomes = models.TextField(_("outcomes and next steps"), max_length=5000)
    satisfaction = models.PositiveSmallIntegerField(
        _("satisfaction, 1 to 5"), validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    written_at = models.DateTimeField(_("written"), default=clock.now)

    class Meta:
        verbose_name = _("closing report")
        verbose_name_plural = _("closing reports")
        constraints: ClassVar = [
            models.UniqueConstraint("exchange", "role", name="each_role_reports_once"),
            models.CheckConstraint(
                condition=models.Q(satisfaction__range=(1, 5)), name="satisfaction_is_between_1_and_5"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.exchange} · {self.get_role_display()}"


class Evidence(models.Model):
    """A document that shows that the exchange took place."""

    exchange = models.ForeignKey(
        Exchange, verbose_name=_("exchange"), on_delete=models.PROTECT, related_name="evidence"
    )
    kind = models.CharField(_("kind"), max_length=15, choices=EvidenceKind.choices)
    document = models.OneToOneField(Document, verbose_name=_("document"), on_delete=models.PROTECT, related_name="+")
    description = models.CharField(_("what it shows"), max_length=200, blank=True)
    added_by = models.ForeignKey(
        "clusters.User", verbose_name=_("added by"), on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField(_("added"), default=clock.now)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering: ClassVar = ["added_at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.document}"
