"""A registration as a whole: its pages in their order, what is still missing, and handing it in."""

from collections.abc import Iterable, Mapping
from copy import copy
from functools import cached_property
from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clusters import drafts, operations, queries, vat
from clusters.drafts import DraftGone, Page, StaleDraft
from clusters.enums import OrganisationStatus
from clusters.forms.organisations import ClusterForm, PlaceForm, WhoForm, WorkForm
from clusters.forms.pages import PageForm, look_through, raw_answers
from clusters.forms.size import SizeForm, raw_enterprises
from clusters.models import Draft, Organisation, User
from clusters.models.drafts import Answers
from clusters.transitions import organisations as transitions

KIND = "registration"
PAGES: dict[str, type[PageForm]] = {form.slug: form for form in (WhoForm, SizeForm, PlaceForm, WorkForm, ClusterForm)}
SLUGS = tuple(PAGES)
SEVERAL = {field.name for field in Organisation._meta.many_to_many}
STORED = [
    *(name for page in PAGES.values() for name in page._meta.fields or () if name not in SEVERAL),
    "latitude",
    "longitude",
    "cluster_was_assigned",
]


class FindForm(forms.Form):
    """What one looks one's organisation up by."""

    legal_name = forms.CharField(
        label=_("Name"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    vat = forms.CharField(
        label=_("VAT number"), max_length=40, required=False, help_text=_("With the prefix of the country, such as IT.")
    )
    pic = forms.CharField(label=_("PIC"), max_length=20, required=False, help_text=_("Nine digits."))

    def clean_vat(self) -> str:
        """Look for the number as it is written across borders."""
        return vat.compact(self.cleaned_data["vat"])

    def clean(self) -> dict[str, Any]:
        """Ask for one of them at least."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not any(given.values()):
            self.add_error("legal_name", _("Give the name, the VAT number or the PIC."))
        return given


def title_of(draft: Draft) -> str:
    """Return what an unfinished registration is called: by the name that was typed, if there is one."""
    names: list[str] = draft.answers.get(WhoForm.slug, {}).get("legal_name", [])
    return names[-1].strip() if names and names[-1].strip() else str(_("Your organisation"))


class Incomplete(ValueError):
    """Something on the pages is missing or wrong, so that nothing can be handed in."""


class Registration:
    """What a person has typed about an organisation, new or to be corrected, and what becomes of it."""

    def __init__(self, user: User, organisation: Organisation | None = None) -> None:
        self.user = user
        self.organisation = organisation
        self.subject = str(organisation.pk) if organisation else ""
        self.draft = drafts.find(user, KIND, self.subject)

    @property
    def mark(self) -> str:
        """Return the mark of what is saved, for a page to carry; empty before anything is."""
        return drafts.seen(self.draft) if self.draft else ""

    @cached_property
    def remarks(self) -> Mapping[str, str]:
        """Return what the reference cluster asks for, field by field."""
        organisation = self.organisation
        if organisation is None or organisation.status != OrganisationStatus.CHANGES_REQUESTED:
            return {}
        return queries.remarks_on(organisation)

    @cached_property
    def note(self) -> str:
        """Return what the reference cluster asks for as a whole."""
        organisation = self.organisation
        if organisation is None or organisation.status != OrganisationStatus.CHANGES_REQUESTED:
            return ""
        asked = queries.history_of(organisation).first()
        return asked.note if asked else ""

    @cached_property
    def stored(self) -> Answers:
        """Return what the organisation itself says, as somebody would have typed it."""
        organisation = self.organisation
        if organisation is None:
            return {}
        known = {"country": organisation.country.code}
        answers = {slug: raw_answers(page(None, instance=organisation, known=known)) for slug, page in PAGES.items()}
        answers[SizeForm.slug] |= raw_enterprises(list(organisation.related_enterprises.all()))
        return answers

    def typed(self, slug: str) -> Page:
        """Return what stands on a page."""
        answers: Answers = self.draft.answers if self.draft else self.stored
        return answers.get(slug, {})

    def form(self, slug: str, typed: Page | None = None) -> PageForm:
        """Return one page with what stands on it, or with what was typed just now."""
        page = PAGES[slug]
        known = {name: self._answers_on(of).get(name) for name, of in page.needs.items()}
        form = page(self.typed(slug) if typed is None else typed, instance=self._instance(), known=known)
        form.note_remarks(self.remarks)
        return form

    def missing_before(self, slug: str) -> str:
        """Return the page whose answer this one needs and does not have, or nothing."""
        for name, of in PAGES[slug].needs.items():
            if not self._answers_on(of).get(name) and name in self._needed[of].fields:
                return of
        return ""

    def pages(self, instance: Organisation | None = None) -> list[PageForm]:
        """Return all pages, looked through, on one organisation that nobody has stored yet."""
        pages = look_through(PAGES.values(), lambda page: self.typed(page.slug), instance or self._instance())
        for form in pages:
            form.note_remarks(self.remarks)
        return pages

    def save(self, slug: str, typed: Page, *, mark: str) -> None:
        """Keep what was typed on a page; raises StaleDraft or DraftGone, and leaves what is saved as it is."""
        if not mark:
            self.draft = drafts.begin(self.user, KIND, self.subject, lambda: self.stored)
            mark = f"{self.draft.pk}.0"
        if self.draft is None:
            raise DraftGone
        self.draft = drafts.save(self.draft, slug, typed, mark=mark, user=self.user)
        self._needed.clear()

    @transaction.atomic
    def hand_in(self, *, mark: str) -> Organisation:
        """Store the organisation and send it; raises Incomplete, StaleDraft, DraftGone or MoveConflict."""
        self._lock(mark)
        instance = self._instance()
        pages = self.pages(instance)
        if any(form.errors for form in pages):
            raise Incomplete
        if self.organisation is None:
            organisation = transitions.register(lambda: _written(instance, pages), owner=self.user)
        else:
            organisation = operations.correct(self.organisation, lambda: _written(instance, pages))
        if self.draft is not None:
            self.draft.delete()
        is_new = organisation.status == OrganisationStatus.DRAFT
        return (transitions.submit if is_new else transitions.resubmit)(organisation, actor=self.user)

    @cached_property
    def _needed(self) -> dict[str, PageForm]:
        return {}

    def _answers_on(self, slug: str) -> Mapping[str, Any]:
        if slug not in self._needed:
            self._needed[slug] = self.form(slug)
            self._needed[slug].full_clean()
        return self._needed[slug].cleaned_data

    def _instance(self) -> Organisation:
        return copy(self.organisation) if self.organisation else Organisation()

    def _lock(self, mark: str) -> None:
        """Keep the draft as it is until it is handed in, provided that it is what was looked at."""
        if self.draft is not None:
            self.draft = Draft.objects.select_for_update().filter(pk=self.draft.pk).first()
        if self.draft is None and (self.organisation is None or mark):
            raise DraftGone
        if self.draft is not None and mark != self.mark:
            raise StaleDraft(self.draft)


def _written(instance: Organisation, pages: Iterable[PageForm]) -> Organisation:
    """Store an organisation; of one that is there, only what the pages ask."""
    if instance.pk:
        instance.save(update_fields=STORED)
    else:
        instance.save()
    for form in pages:
        form.save_related()
    return instance
