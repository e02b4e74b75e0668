"""Messages to people, and when the regular work last ran.

The times of the delivery are real times, also in a demonstration that has moved its clock; only `created_at`, which
people read, follows the clock of the portal.
"""

from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from extratex.shared import clock

ACCOUNT = "account"


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Notices as their readers and the sweep ask for them."""

    def visible_to(self, user: Any) -> "NoticeQuerySet":
        """Return what the person may read here: their own, without the mails that carry secrets of the account."""
        return self.filter(person_id=user.pk).exclude(kind=ACCOUNT)

    def unread(self) -> "NoticeQuerySet":
        """Return what its person has not marked as read."""
        return self.filter(read_at=None)

    def waiting(self) -> "NoticeQuerySet":
        """Return what is still to be delivered, now or after a pause."""
        return self.filter(sent_at=None, failed_at=None, due_at__isnull=False)

    def overdue(self, by: timedelta = timedelta()) -> "NoticeQuerySet":
        """Return what should have been delivered, for at least that long."""
        return self.waiting().filter(due_at__lte=timezone.now() - by)

    def failed(self) -> "NoticeQuerySet":
        """Return what was given up."""
        return self.filter(failed_at__isnull=False)


class Notice(models.Model):
    """One message to one person or address, told once for its key and delivered by e-mail."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("person"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="notices",
    )
    address = models.EmailField(_("e-mail address"))
    kind = models.CharField(_("kind"), max_length=60)
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"), blank=True)
    link = models.CharField(_("page"), max_length=500, blank=True, validators=[RegexValidator(r"^/(?!/)")])
    key = models.CharField(_("key"), max_length=200)
    message_id = models.CharField(_("message id"), max_length=200, unique=True)
    created_at = models.DateTimeField(_("written"), default=clock.now)
    due_at = models.DateTimeField(_("due"), null=True, blank=True, default=timezone.now)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    crashes = models.PositiveSmallIntegerField(_("tries that broke off"), default=0)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    failed_at = models.DateTimeField(_("given up"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=500, blank=True)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)

    objects: ClassVar[NoticeQuerySet] = NoticeQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint("key", "address", name="notice_is_told_once_to_an_address"),
            models.CheckConstraint(
                condition=models.Q(sent_at=None) | models.Q(failed_at=None), name="notice_is_not_both_sent_and_given_up"
            ),
        ]
        indexes: ClassVar = [
            models.Index("due_at", name="notice_waits", condition=models.Q(sent_at=None, failed_at=None)),
            models.Index("failed_at", name="notice_given_up", condition=models.Q(failed_at__isnull=False)),
            models.Index(fields=["person", "-id"], name="notice_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.address}: {self.subject}"


class Tick(models.Model):
    """When a piece of regular work last ran."""

    name = models.CharField(_("work"), max_length=60, primary_key=True)
    at = models.DateTimeField(_("last ran"))

    class Meta:
        verbose_name = _("tick")
        verbose_name_plural = _("ticks")

    def __str__(self) -> str:
        return f"{self.name}: {self.at:%Y-%m-%d %H:%M:%S}"
