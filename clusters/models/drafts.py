"""Drafts: what somebody has typed and not yet handed in, kept exactly as it was typed."""

import json
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from extratex.shared import clock

type Answers = dict[str, dict[str, list[str]]]


class AnswersField(models.TextField):  # type: ignore[type-arg]  # Django's own class takes no parameters at run time
    """Answers as JSON in plain ASCII: PostgreSQL's own JSON takes neither a NUL nor half a surrogate pair."""

    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def get_prep_value(self, value: Any) -> Any:
        """Write the answers as text."""
        return json.dumps(value, ensure_ascii=True)

    def from_db_value(self, value: str, _expression: Any, _connection: Any) -> Any:
        """Read the answers back, letter by letter as they were typed."""
        return json.loads(value)

    def to_python(self, value: Any) -> Any:
        """Take text from a fixture, and anything else as it is."""
        return json.loads(value) if isinstance(value, str) else value


class Draft(models.Model):
    """What was typed into the pages of one form; `subject` is the key of what it is about, empty for something new.

    A draft of something new belongs to its author; one about something that is there is shared by all who may write it.
    """

    user = models.ForeignKey(
        "clusters.User", verbose_name=_("written by"), on_delete=models.CASCADE, related_name="drafts"
    )
    kind = models.SlugField(_("kind"), max_length=40)
    subject = models.CharField(_("about"), max_length=60, blank=True)
    answers = AnswersField(_("answers"), default=dict)
    revision = models.PositiveIntegerField(_("revision"), default=0)
    changed = models.JSONField(_("revision in which each page was last changed"), default=dict, db_default={})
    updated_at = models.DateTimeField(_("saved"), default=clock.now)

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        constraints: ClassVar = [
            models.UniqueConstraint("user", "kind", condition=Q(subject=""), name="person_begins_one_draft_of_a_kind"),
            models.UniqueConstraint(
                "kind", "subject", condition=~Q(subject=""), name="subject_has_one_draft_of_a_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}".strip()
