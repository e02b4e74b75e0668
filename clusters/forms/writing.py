"""A form of several pages that is kept as a draft while one types: what stands on each page, and all of it together."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from copy import copy
from functools import cached_property
from typing import Any, ClassVar

from django.db import models

from clusters import drafts
from clusters.drafts import DraftGone, Page, StaleDraft
from clusters.forms.pages import PageForm, look_through, raw_answers
from clusters.models import Draft, User
from clusters.models.drafts import Answers


class Incomplete(ValueError):
    """Something on the pages is missing or wrong, so that nothing can be handed in."""


class Writing[M: models.Model](ABC):
    """What has been typed about something, new or there already, and what becomes of it.

    A kind of writing says which pages it has and what it is about; what is new has no subject and no row yet.
    """

    kind: ClassVar[str]
    model: type[M]

    def __init__(self, user: User, row: M | None = None) -> None:
        self.user = user
        self.row = row
        self.subject = str(row.pk) if row else ""
        self.draft = drafts.find(user, self.kind, self.subject)

    @property
    @abstractmethod
    def steps(self) -> Mapping[str, type[PageForm]]:
        """Return the pages by their names in addresses, in their order."""

    @property
    def mark(self) -> str:
        """Return the mark of what is saved, for a page to carry; empty before anything is."""
        return drafts.seen(self.draft) if self.draft else ""

    @cached_property
    def remarks(self) -> Mapping[str, str]:
        """Return what the reference cluster asks for, field by field."""
        return {}

    @cached_property
    def note(self) -> str:
        """Return what the reference cluster asks for as a whole."""
        return ""

    @cached_property
    def stored(self) -> Answers:
        """Return what the row itself says, as somebody would have typed it."""
        if self.row is None:
            return {}
        return {slug: raw_answers(page(None, instance=self.row)) for slug, page in self.steps.items()}

    def typed(self, slug: str) -> Page:
        """Return what stands on a page."""
        answers: Answers = self.draft.answers if self.draft else self.stored
        return answers.get(slug, {})

    def form(self, slug: str, typed: Page | None = None) -> PageForm:
        """Return one page with what stands on it, or with what was typed just now."""
        page = self.steps[slug]
        known = {name: self._answers_on(of).get(name) for name, of in page.needs.items()}
        form = page(self.typed(slug) if typed is None else typed, instance=self.instance(), known=known)
        form.note_remarks(self.remarks)
        return form

    def missing_before(self, slug: str) -> str:
        """Return the page whose answer this one needs and does not have, or nothing."""
        for name, of in self.steps[slug].needs.items():
            if not self._answers_on(of).get(name) and name in self._needed[of].fields:
                return of
        return ""

    def pages(self, instance: M | None = None) -> list[PageForm]:
        """Return all pages, looked through, on one row that nobody has stored yet."""
        pages = look_through(
            self.steps.values(), lambda page: self.typed(page.slug), self.instance() if instance is None else instance
        )
        for form in pages:
            form.note_remarks(self.remarks)
        return pages

    def save(self, slug: str, typed: Page, *, mark: str) -> None:
        """Keep what was typed on a page; raises StaleDraft or DraftGone, and leaves what is saved as it is."""
        if not mark:
            self.draft = drafts.begin(self.user, self.kind, self.subject, lambda: self.stored)
            mark = f"{self.draft.pk}.0"
        if self.draft is None:
            raise DraftGone
        self.draft = drafts.save(self.draft, slug, typed, mark=mark, user=self.user)
        self._needed.clear()

    def whole(self, mark: str) -> tuple[M, list[PageForm]]:
        """Return what is handed in, every page of it right, with the draft locked; the draft ends with the transaction.

        Raises Incomplete, and StaleDraft or DraftGone where the draft is not what was looked at.
        """
        self._lock(mark)
        instance = self.instance()
        pages = self.pages(instance)
        if any(form.errors for form in pages):
            raise Incomplete
        return instance, pages

    @cached_property
    def _needed(self) -> dict[str, PageForm]:
        return {}

    def _answers_on(self, slug: str) -> Mapping[str, Any]:
        if slug not in self._needed:
            self._needed[slug] = self.form(slug)
            self._needed[slug].full_clean()
        return self._needed[slug].cleaned_data

    def instance(self) -> M:
        """Return a copy of the row for the pages to fill in, or a blank one."""
        return copy(self.row) if self.row is not None else self.model()

    def _lock(self, mark: str) -> None:
        """Keep the draft as it is until it is handed in, provided that it is what was looked at."""
        if self.draft is not None:
            self.draft = Draft.objects.select_for_update().filter(pk=self.draft.pk).first()
        if self.draft is None and (self.row is None or mark):
            raise DraftGone
        if self.draft is not None and mark != self.mark:
            raise StaleDraft(self.draft)
