"""Filters that persist: those that a person used last on a page, and those to which she has given a name."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from extratex.shared import clock

LONGEST_QUERY = 2000


class SavedView(models.Model):
    """The filters of one list as one person keeps them; without a name they are those that she used last."""

    user = models.ForeignKey(
        "clusters.User", verbose_name=_("person"), on_delete=models.CASCADE, related_name="saved_views"
    )
    page = models.CharField(_("page"), max_length=60)
    name = models.CharField(_("name"), max_length=60, blank=True)
    query = models.CharField(_("filters"), max_length=LONGEST_QUERY, blank=True)
    updated_at = models.DateTimeField(_("saved"), default=clock.now)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint("user", "page", "name", name="view_has_one_name_on_a_page"),
        ]

    def __str__(self) -> str:
        return f"{self.page}: {self.name or '…'}"
