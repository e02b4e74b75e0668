"""One row of a list of members, looked at by the very rules of a registration."""

from collections.abc import Iterable, Mapping
from copy import copy
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clusters.drafts import Page
from clusters.forms.offers import Offers
from clusters.forms.organisations import ClusterForm, PlaceForm, WhoForm, WorkForm
from clusters.forms.pages import PageForm, look_through
from clusters.forms.size import SizeForm
from clusters.models import Cluster, Organisation


class ContactForm(forms.Form):
    """Whom to invite for the organisation."""

    contact_email = forms.EmailField(label=_("Contact e-mail"), required=False)


class _Who(WhoForm):
    """Who it is; that a VAT number is known already is for the search of duplicates to say."""

    def refuse_known_vat(self, number: str) -> None:
        """Let it pass: the row is proposed as a duplicate."""

    def validate_constraints(self) -> None:
        """Check what the database demands, besides that the number is new."""
        try:
            excluded = self._get_validation_exclusions()  # type: ignore[attr-defined]  # Django's own, without a type
            self.instance.validate_constraints(exclude=excluded | {"vat"})
        except ValidationError as fault:
            self._update_errors(fault)  # type: ignore[attr-defined]  # as above


class _Place(PlaceForm):
    """Where it is; of the region a list need not speak."""

    region_is_required = False


PAGES: tuple[type[PageForm], ...] = (_Who, SizeForm, _Place, WorkForm, ClusterForm)


class Member:
    """A member as a list describes it, and what is wrong with it by field."""

    def __init__(self, answers: Mapping[str, Any], cluster: Cluster, offers: Offers) -> None:
        self.instance = Organisation()
        given = {**answers, "reference_cluster": cluster.pk}
        self._pages = look_through(PAGES, lambda page: _typed_into(page, given), self.instance, offers)
        self._contact = ContactForm(given)
        self.errors: dict[str, list[str]] = {
            name: [str(message) for message in messages]
            for form in (*self._pages, self._contact)
            for name, messages in form.errors.items()
        }

    def value(self, name: str) -> Any:
        """Return an answer as it would be stored; None where it is wrong or not given."""
        return next((form.cleaned_data[name] for form in self._pages if name in form.cleaned_data), None)


def store(members: Iterable[Member]) -> list[Organisation]:
    """Store the organisations of members, all of them in few statements; a list names no enterprises."""
    described = [(member, copy(member.instance)) for member in members]
    stored = Organisation.objects.bulk_create(organisation for _member, organisation in described)
    for field in Organisation._meta.many_to_many:
        links: Any = field.remote_field.through
        links._default_manager.bulk_create(
            links(organisation=organisation, term=term)
            for member, organisation in described
            for term in member.value(field.name) or ()
        )
    return stored


def _typed_into(page: type[PageForm], given: Mapping[str, Any]) -> Page:
    typed = {name: value for name, value in given.items() if value is not None and page.asks(name)}
    return {
        name: [str(each) for each in value] if isinstance(value, list) else [str(value)]
        for name, value in typed.items()
    }
