"""One row of a list of members, looked at by the very rules of a registration."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clusters.forms.organisations import OrganisationForm
from clusters.models import Cluster, Organisation


class ContactForm(forms.Form):
    """Whom to invite for the organisation."""

    contact_email = forms.EmailField(label=_("Contact e-mail"), required=False)


class _Registration(OrganisationForm):
    """The form of a registration; that a VAT number is known already is for the search of duplicates to say."""

    def refuse_vat(self) -> None:
        """Let it pass: the row is proposed as a duplicate."""

    def validate_constraints(self) -> None:
        """Check what the database demands, besides that the number is new."""
        try:
            excluded = self._get_validation_exclusions()  # type: ignore[attr-defined]  # Django's own, without a type
            self.instance.validate_constraints(exclude=excluded | {"vat"})
        except ValidationError as fault:
            self._update_errors(fault)  # type: ignore[attr-defined]  # as above


class Member:
    """A member as a list describes it: what is wrong by field, and storing it once nothing is."""

    def __init__(self, answers: Mapping[str, Any], cluster: Cluster) -> None:
        self.instance = Organisation()
        given = {**answers, "reference_cluster": cluster.pk}
        self._form = _Registration(given, instance=self.instance)
        self._contact = ContactForm(given)
        self.errors: dict[str, list[str]] = {
            name: [str(message) for message in messages]
            for form in (self._form, self._contact)
            for name, messages in form.errors.items()
        }

    def value(self, name: str) -> Any:
        """Return an answer as it would be stored; None where it is wrong or not given."""
        return self._form.cleaned_data.get(name)

    def write(self) -> Organisation:
        """Store the organisation."""
        stored: Organisation = self._form.save()
        return stored
