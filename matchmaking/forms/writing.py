"""A candidature as a whole: begun, written page by page as a draft that all of its people share, and handed in."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.db import transaction

from clusters import drafts
from clusters.enums import ParticipantRole
from clusters.forms.pages import PageForm, raw_answers
from clusters.forms.writing import Writing
from clusters.models import Organisation, User
from matchmaking import operations
from matchmaking.enums import CandidatureStatus
from matchmaking.forms.candidatures import PAGES
from matchmaking.forms.periods import DatesPage
from matchmaking.models import Candidature
from matchmaking.queries import candidature_history
from matchmaking.transitions import candidatures as transitions

KIND = "candidature"
SEVERAL = {field.name for field in Candidature._meta.many_to_many}


class CandidatureWriting(Writing[Candidature]):
    """What an organisation's people have typed about one of its candidatures."""

    kind = KIND
    model = Candidature
    row: Candidature

    def __init__(self, user: User, row: Candidature) -> None:
        super().__init__(user, row)

    @property
    def steps(self) -> Mapping[str, type[PageForm]]:
        """Return the pages of its role."""
        return PAGES[self.row.role]

    @cached_property
    def note(self) -> str:
        """Return what the reference cluster asks for."""
        if self.row.status != CandidatureStatus.CHANGES_REQUESTED:
            return ""
        asked = candidature_history(self.row).first()
        return asked.note if asked else ""

    @transaction.atomic
    def hand_in(self, *, mark: str) -> Candidature:
        """Store the answers and send them; raises Incomplete, StaleDraft, DraftGone or MoveConflict."""
        instance, pages = self.whole(mark)
        operations.correct(self.row, lambda: _written(instance, pages))
        if self.draft is not None:
            self.draft.delete()
        return transitions.submit(self.row, actor=self.user)


def begin(blank: Candidature, author: User, earlier: Candidature | None) -> Candidature:
    """Begin a candidature with what the registration says, or with what the organisation wrote in an earlier wave."""
    candidature = transitions.begin(lambda: _with_what_is_known(blank), author=author)
    if earlier is not None:
        pages = PAGES[candidature.role].values()
        answers = {page.slug: _taken_up(page, earlier) for page in pages}
        drafts.begin(author, KIND, str(candidature.pk), lambda: answers)
    return candidature


def _with_what_is_known(candidature: Candidature) -> Candidature:
    organisation: Organisation = candidature.organisation
    candidature.languages = organisation.languages
    candidature.save()
    candidature.sectors.set(organisation.sectors.all())
    if candidature.role == ParticipantRole.HOST:
        candidature.technologies.set(organisation.technologies.all())
    return candidature


def _taken_up(page: type[PageForm], earlier: Candidature) -> drafts.Page:
    """Return what an earlier candidature says on a page, without its periods and what can no longer be chosen."""
    form = page(None, instance=earlier)
    known = raw_answers(form)
    if isinstance(form, DatesPage):
        return {name: known[name] for name in form._meta.fields or () if name in known}
    return {name: _still_offered(form.fields[name], values) for name, values in known.items()}


def _still_offered(field: Any, values: list[str]) -> list[str]:
    if not hasattr(field, "choices"):
        return values
    offered = {str(getattr(value, "value", value)) for value, _label in field.choices}
    return [value for value in values if value in offered]


def _written(instance: Candidature, pages: list[PageForm]) -> Candidature:
    """Store what the pages ask, and nothing else."""
    asked = (name for form in pages for name in form._meta.fields or ())
    instance.save(update_fields=[name for name in asked if name not in SEVERAL])
    for form in pages:
        form.save_related()
    return instance
