"""Asking organisations to become hosts."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from clusters.models import Organisation, Partnership, Wave
from clusters.models.following import lands_in_the_kept
from clusters.models.holding import oversees_all
from extratex.shared import clock


class HostInvitationQuerySet(models.QuerySet["HostInvitation"]):
    """Invitations to become a host."""

    def visible_to(self, user: Any) -> "HostInvitationQuerySet":
        """Return those of the partnerships that the person coordinates."""
        if not user.is_authenticated:
            return self.none()
        led = user.staff_roles.filter(partnership__isnull=False).values("partnership")
        return self if oversees_all(user) else self.filter(partnership__in=led)


class HostInvitation(models.Model):
    """A partnership has asked an organisation to write a candidature as host; its people were told once."""

    organisation = models.ForeignKey(
        Organisation, verbose_name=_("organisation"), on_delete=models.CASCADE, related_name="host_invitations"
    )
    wave = models.ForeignKey(Wave, verbose_name=_("wave"), on_delete=models.PROTECT, related_name="+")
    partnership = models.ForeignKey(
        Partnership, verbose_name=_("partnership"), on_delete=models.PROTECT, related_name="host_invitations"
    )
    invited_by = models.ForeignKey(
        "clusters.User", verbose_name=_("invited by"), on_delete=models.PROTECT, related_name="+"
    )
    technologies = models.JSONField(_("technologies asked for"), default=list)
    note = models.CharField(_("a line of one's own"), max_length=500, blank=True)
    invited_on = models.DateField(_("invited on"), default=clock.today, editable=False)
    created_at = models.DateTimeField(_("invited"), default=clock.now, editable=False)

    objects = HostInvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation to become a host")
        verbose_name_plural = _("invitations to become a host")
        ordering: ClassVar = ["-created_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint("organisation", "wave", "invited_on", name="organisation_is_invited_once_a_day"),
        ]
        triggers: ClassVar = [lands_in_the_kept("organisation_id")]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.invited_on}"
