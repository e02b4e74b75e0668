"""What the pages of a form that is kept as a draft have in common: raw text in, answers, faults and facts out."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.db import models
from django.db.models import QuerySet
from django.forms.utils import ErrorDict
from django.template.defaultfilters import floatformat
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django_countries import countries
from django_stubs_ext import StrOrPromise

from clusters.drafts import Page
from clusters.forms.offers import Offers
from clusters.words import listed

type Fact = tuple[str, str]


class PageForm(forms.ModelForm):  # type: ignore[type-arg]  # no parameters at run time
    """One page of a form, bound to what was typed; unbound it shows what is stored already.

    `needs` names the answers that it must know, each with the page that asks for it; `known` brings them.
    `also` are answers of the page that are no field of its own. `offers` are what can be chosen, where several forms
    share what was read.
    """

    slug: ClassVar[str]
    title: ClassVar[StrOrPromise]
    lead: ClassVar[StrOrPromise] = ""
    found: ClassVar[str] = ""
    needs: ClassVar[Mapping[str, str]] = {}
    also: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self,
        raw: Page | None,
        *,
        instance: models.Model,
        known: Mapping[str, Any] | None = None,
        offers: Offers | None = None,
    ) -> None:
        self.raw = raw or {}
        self.known = dict(known or {})
        self.offers = offers or Offers()
        super().__init__(None if raw is None else MultiValueDict(raw), instance=instance)

    @classmethod
    def typed(cls, sent: MultiValueDict[str, str]) -> Page:
        """Return what was typed into this page, letter by letter, and nothing else that was sent."""
        return {name: sent.getlist(name) for name in sorted(sent) if cls.asks(name)}

    @classmethod
    def asks(cls, name: str) -> bool:
        """Tell whether a name that was sent is one of this page's questions."""
        return name in cls.base_fields

    def quiet(self) -> None:
        """Show what was typed without a word about what is wrong or missing yet."""
        self.full_clean()
        self._errors = ErrorDict()

    def note_remarks(self, remarks: Mapping[str, str]) -> None:
        """Put what the reference cluster asks for to the fields that it is about."""
        for name, field in self.fields.items():
            if name in remarks:
                field.remark = remarks[name]  # type: ignore[attr-defined]
                described = ("remark", *(("helptext",) if field.help_text else ()))
                ids = " ".join(f"{self[name].auto_id}_{part}" for part in described)
                field.widget.attrs["aria-describedby"] = ids

    def facts(self) -> list[Fact]:
        """Return the answers in words; what is wrong stands as it was typed."""
        return [(str(field.label), self._said(name)) for name, field in self.fields.items()]

    def save_related(self) -> None:
        """Store what lies in tables of its own, once the row has a key."""
        self._save_m2m()  # type: ignore[attr-defined]  # Django makes it where a model form is saved

    def _said(self, name: str) -> str:
        if self.has_error(name):
            return listed(self.raw.get(name, []))
        field = self.fields[name]
        is_listed = isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField)
        return in_words(name, self.cleaned_data.get(name), dict(field.choices) if is_listed else {})  # type: ignore[attr-defined]


def look_through(
    pages: Iterable[type[PageForm]],
    typed: Callable[[type[PageForm]], Page],
    instance: models.Model,
    offers: Offers | None = None,
) -> list[PageForm]:
    """Return the pages in their order, each filled in and looked at, all on one row that is not stored yet."""
    known: dict[str, Any] = {}
    looked_at = []
    shared = offers or Offers()
    for page in pages:
        form = page(typed(page), instance=instance, known=known, offers=shared)
        form.full_clean()
        known |= form.cleaned_data
        looked_at.append(form)
    return looked_at


def raw_answers(form: forms.BaseForm) -> Page:
    """Return what somebody would have typed to give the answers with which an unbound form begins."""
    return {form.add_prefix(name): values for name in form.fields if (values := _typed_as(form[name].value()))}


def in_words(name: str, value: Any, choices: Mapping[Any, Any]) -> str:
    """Write one answer as people read it."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, QuerySet):
        return listed(str(each) for each in value)
    if isinstance(value, list):
        in_order = [each for each in choices if each in value] or value
        return listed(str(choices.get(each, each)) for each in in_order)
    if isinstance(value, Decimal):
        return f"{'€' if name.endswith('_eur') else ''}{floatformat(value, '-2g')}"
    return str(countries.name(value)) if name == "country" else str(choices.get(value, value))


def _typed_as(value: Any) -> list[str]:
    if value is None or value is False or value == "":
        return []
    if value is True:
        return ["on"]
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [str(each) for each in value]
    return [str(value)]
