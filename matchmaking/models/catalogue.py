"""The catalogue of hosts and visitors: what a candidature is found by, and what people keep of it for themselves."""

from typing import Any, ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _

from clusters.enums import ParticipantRole
from clusters.models import Wave
from extratex.shared import clock
from matchmaking.models.candidatures import Candidature


class CatalogueEntry(models.Model):
    """A candidature as the catalogue finds it; triggers in PostgreSQL keep one for each validated one.

    `name` is folded to be ordered by; `words` holds name and town (A), then technologies, expertise, motivation and
    what the organisation does (B), without case and accents. Who is not named has no name, place and words here.
    """

    candidature = models.OneToOneField(
        Candidature, verbose_name=_("candidature"), on_delete=models.CASCADE, primary_key=True, related_name="entry"
    )
    role = models.CharField(_("role"), max_length=10, choices=ParticipantRole.choices)
    wave = models.ForeignKey(Wave, verbose_name=_("wave"), on_delete=models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(_("name without accents"), max_length=300)
    country = models.CharField(_("country"), max_length=2)
    town = models.CharField(_("town"), max_length=120)
    latitude = models.FloatField(_("latitude"), null=True)
    longitude = models.FloatField(_("longitude"), null=True)
    words = SearchVectorField(_("words"))

    class Meta:
        verbose_name = _("entry of the catalogue")
        verbose_name_plural = _("entries of the catalogue")
        indexes: ClassVar = [
            models.Index("wave", "role", "name", "candidature", name="catalogue_by_name"),
            GinIndex(fields=["words"], name="catalogue_words", fastupdate=False),
        ]

    def __str__(self) -> str:
        return self.name


class FavouriteQuerySet(models.QuerySet["Favourite"]):
    """Favourites, which are nobody else's business."""

    def visible_to(self, user: Any) -> "FavouriteQuerySet":
        """Return the person's own."""
        return self.filter(user_id=user.pk)


class Favourite(models.Model):
    """A candidature that somebody keeps for herself, with a note that only she reads."""

    user = models.ForeignKey(
        "clusters.User", verbose_name=_("person"), on_delete=models.CASCADE, related_name="favourites"
    )
    candidature = models.ForeignKey(
        Candidature, verbose_name=_("candidature"), on_delete=models.CASCADE, related_name="+"
    )
    note = models.CharField(_("note to yourself"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("kept"), default=clock.now, editable=False)

    objects = FavouriteQuerySet.as_manager()

    class Meta:
        verbose_name = _("favourite")
        verbose_name_plural = _("favourites")
        ordering: ClassVar = ["-created_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint("user", "candidature", name="favourite_is_kept_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.candidature}"
