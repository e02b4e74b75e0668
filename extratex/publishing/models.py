"""The tables of this app: one mark of all that is published, and the words by which it is found."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _

from extratex.shared import clock


class Revision(models.Model):
    """The one row whose mark PostgreSQL changes with every statement that writes something published.

    `searchable` is the mark of the state that the search knows; where the two differ, the search is behind.
    """

    mark = models.UUIDField(_("mark"))
    searchable = models.UUIDField(_("mark of what can be searched"), null=True)

    class Meta:
        verbose_name = _("revision of what is published")
        verbose_name_plural = _("revisions of what is published")
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(id=1), name="there_is_one_revision")]

    def __str__(self) -> str:
        return str(self.mark)


class SearchEntry(models.Model):
    """One page as the search and the sitemap know it; derived from its source, and made anew from it."""

    source = models.CharField(_("source"), max_length=40)
    key = models.CharField(_("key"), max_length=80)
    url = models.CharField(_("address"), max_length=300)
    title = models.CharField(_("title"), max_length=300)
    text = models.TextField(_("text"))
    folded_title = models.TextField(_("title without accents"))
    folded_text = models.TextField(_("text without accents"))
    words = models.GeneratedField(
        expression=SearchVector("folded_title", weight="A", config="simple")
        + SearchVector("folded_text", weight="B", config="simple"),
        output_field=SearchVectorField(),
        db_persist=True,
    )
    changed_at = models.DateTimeField(_("changed"), default=clock.now)

    class Meta:
        verbose_name = _("page that can be found")
        verbose_name_plural = _("pages that can be found")
        indexes: ClassVar = [GinIndex(fields=["words"], name="search_entry_words")]
        constraints: ClassVar = [models.UniqueConstraint("source", "key", name="page_is_found_once")]

    def __str__(self) -> str:
        return self.title
