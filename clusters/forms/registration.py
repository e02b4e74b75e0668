"""A registration as a whole: its pages in their order, what is still missing, and handing it in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clusters import operations, queries, vat
from clusters.enums import OrganisationStatus
from clusters.forms.organisations import ClusterForm, PlaceForm, WhoForm, WorkForm
from clusters.forms.pages import PageForm, look_through, raw_answers
from clusters.forms.size import SizeForm, raw_enterprises
from clusters.forms.writing import Incomplete, Writing
from clusters.models import Draft, Organisation
from clusters.models.drafts import Answers
from clusters.transitions import organisations as transitions

KIND = "registration"
PAGES: dict[str, type[PageForm]] = {form.slug: form for form in (WhoForm, SizeForm, PlaceForm, WorkForm, ClusterForm)}
SLUGS = tuple(PAGES)
VOUCHED_FOR = {WhoForm.slug, SizeForm.slug}
"""The pages whose answers a reference cluster has looked at, and looks at again where they change."""
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


class Outdated(ValueError):
    """What is stored has changed since somebody looked at what would change."""


@dataclass(frozen=True)
class Change:
    """One answer that is no longer what a validated registration says, in words."""

    label: str
    before: str
    after: str
    is_vouched_for: bool

    def __str__(self) -> str:
        return f"{self.label}: {self.before or _('nothing')} → {self.after or _('nothing')}"


def mark_of(changes: Iterable[Change]) -> str:
    """Return a mark of changes for the page that shows them to carry; empty where there are none."""
    text = "\n".join(map(str, changes))
    return sha256(text.encode()).hexdigest() if text else ""


class Registration(Writing[Organisation]):
    """What a person has typed about an organisation, new or to be corrected, and what becomes of it."""

    kind = KIND
    model = Organisation

    @property
    def steps(self) -> Mapping[str, type[PageForm]]:
        """Return the five pages; which cluster has validated it is not for its members to change."""
        return {slug: page for slug, page in PAGES.items() if slug != ClusterForm.slug} if self.is_revision else PAGES

    @property
    def is_revision(self) -> bool:
        """Tell whether the registration is validated already."""
        return self.row is not None and self.row.status == OrganisationStatus.VALIDATED

    def changes(self, pages: Iterable[PageForm]) -> list[Change]:
        """Return how the pages differ from what a validated registration says."""
        if not self.is_revision:
            return []
        before = look_through(self.steps.values(), lambda page: self.stored[page.slug], self.instance())
        return [
            Change(label, said, says, is_vouched_for=page.slug in VOUCHED_FOR)
            for old, page in zip(before, pages, strict=True)
            for (label, said), (_label, says) in zip(old.facts(), page.facts(), strict=True)
            if said != says
        ]

    @cached_property
    def remarks(self) -> Mapping[str, str]:
        """Return what the reference cluster asks for, field by field."""
        organisation = self.row
        if organisation is None or organisation.status != OrganisationStatus.CHANGES_REQUESTED:
            return {}
        return queries.remarks_on(organisation)

    @cached_property
    def note(self) -> str:
        """Return what the reference cluster asks for as a whole."""
        organisation = self.row
        if organisation is None or organisation.status != OrganisationStatus.CHANGES_REQUESTED:
            return ""
        asked = queries.history_of(organisation).first()
        return asked.note if asked else ""

    @cached_property
    def stored(self) -> Answers:
        """Return what the organisation itself says, as somebody would have typed it."""
        organisation = self.row
        if organisation is None:
            return {}
        known = {"country": organisation.country.code}
        answers = {slug: raw_answers(page(None, instance=organisation, known=known)) for slug, page in PAGES.items()}
        answers[SizeForm.slug] |= raw_enterprises(list(organisation.related_enterprises.all()))
        return answers

    @transaction.atomic
    def hand_in(self, *, mark: str, shown: str = "") -> Organisation:
        """Store the organisation and send it; raises Incomplete, Outdated, StaleDraft, DraftGone or MoveConflict.

        `shown` is the mark of the changes that were looked at: an import may have filled something in since. What a
        reference cluster vouches for has to be validated again; other changes of a validated one count at once.
        """
        instance, pages = self.whole(mark)
        changes = self.changes(pages)
        if self.is_revision and not changes:
            raise Incomplete
        if mark_of(changes) != shown:
            raise Outdated
        if self.row is None:
            organisation = transitions.register(lambda: _written(instance, pages), owner=self.user)
        else:
            organisation = _written(instance, pages)
        if self.draft is not None:
            self.draft.delete()
        if changes:
            is_vouched_for = any(change.is_vouched_for for change in changes)
            send = transitions.revise if is_vouched_for else transitions.note_correction
            return send(organisation, actor=self.user, note="; ".join(map(str, changes)))
        is_new = organisation.status == OrganisationStatus.DRAFT
        return (transitions.submit if is_new else transitions.resubmit)(organisation, actor=self.user)

    def _lock(self, mark: str) -> None:
        """Keep the registration itself as it is, too: what is written rests on what it says now."""
        super()._lock(mark)
        if self.row is not None:
            self.row = operations.held(self.row)


def _written(instance: Organisation, pages: Iterable[PageForm]) -> Organisation:
    """Store an organisation; of one that is there, only what the pages ask."""
    if instance.pk:
        instance.save(update_fields=STORED)
    else:
        instance.save()
    for form in pages:
        form.save_related()
    return instance
