"""Papers that are signed, the one ledger of signatures, and the approvals of the two sides."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from exchanges.enums import AgreementKind, Party
from exchanges.models.exchanges import Exchange
from extratex.documents.models import Document
from extratex.shared import clock


class Agreement(models.Model):
    """One version of a paper; a new version voids the signatures on the old one by taking its place."""

    exchange = models.ForeignKey(
        Exchange, verbose_name=_("exchange"), on_delete=models.PROTECT, related_name="agreements"
    )
    kind = models.CharField(_("paper"), max_length=12, choices=AgreementKind.choices)
    version = models.PositiveSmallIntegerField(_("version"))
    document = models.OneToOneField(Document, verbose_name=_("document"), on_delete=models.PROTECT, related_name="+")
    content_hash = models.CharField(_("hash of the document (SHA-256)"), max_length=64)
    text = models.TextField(_("text of the paper"), editable=False)
    amount = models.DecimalField(_("lump sum on the paper (EUR)"), max_digits=8, decimal_places=2)
    parties = models.JSONField(_("parties that sign"))
    superseded_at = models.DateTimeField(_("replaced"), null=True, blank=True)
    issued_at = models.DateTimeField(_("issued"), default=clock.now)

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        ordering: ClassVar = ["kind", "-version"]
        constraints: ClassVar = [
            models.UniqueConstraint("exchange", "kind", "version", name="agreement_has_each_version_once"),
            models.UniqueConstraint(
                fields=["exchange", "kind"],
                condition=models.Q(superseded_at__isnull=True),
                name="agreement_has_one_version_in_force",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {_('version')} {self.version}"

    @property
    def is_in_force(self) -> bool:
        """Tell whether this is the version that counts."""
        return self.superseded_at is None

    def signature_of(self, party: str) -> "Signature | None":
        """Return the signature of a party on this version."""
        return next((signature for signature in self.signatures.all() if signature.party == party), None)


class Signature(models.Model):
    """A party's signature by click: who, when, from where, and on exactly which document. Inserted only."""

    agreement = models.ForeignKey(
        Agreement, verbose_name=_("agreement"), on_delete=models.PROTECT, related_name="signatures"
    )
    party = models.CharField(_("party"), max_length=12, choices=Party.choices)
    person = models.ForeignKey("clusters.User", verbose_name=_("person"), on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name as signed"), max_length=200)
    content_hash = models.CharField(_("hash of the document (SHA-256)"), max_length=64)
    address = models.GenericIPAddressField(_("network address"), null=True, blank=True)
    signed_at = models.DateTimeField(_("signed"), default=clock.now)

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        ordering: ClassVar = ["signed_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint("agreement", "party", name="party_signs_a_version_once"),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.get_party_display()}: {self.name}"


class Approval(models.Model):
    """One side approves the exchange; the two sides are two different people. Inserted only."""

    exchange = models.ForeignKey(
        Exchange, verbose_name=_("exchange"), on_delete=models.PROTECT, related_name="approvals"
    )
    side = models.CharField(
        _("side"),
        max_length=12,
        choices=[(Party.VISITOR_SIDE, Party.VISITOR_SIDE.label), (Party.HOST_SIDE, Party.HOST_SIDE.label)],
    )
    person = models.ForeignKey("clusters.User", verbose_name=_("person"), on_delete=models.PROTECT, related_name="+")
    note = models.TextField(_("note"), blank=True)
    approved_at = models.DateTimeField(_("approved"), default=clock.now)

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        ordering: ClassVar = ["approved_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint("exchange", "side", name="side_approves_once"),
            models.UniqueConstraint("exchange", "person", name="person_approves_for_one_side_only"),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.get_side_display()}: {self.person}"
