"""Finding the cluster that looks after an organisation, before anybody registers."""

from collections.abc import Collection

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from clusters import queries
from clusters.enums import Vocabulary
from clusters.models import Term
from clusters.words import named_countries


class ContactForm(forms.Form):
    """Where the organisation is and what it does."""

    country = forms.ChoiceField(
        label=_("Your country"),
        choices=lambda: [("", _("Choose a country")), *named_countries(queries.eligible_countries())],
    )
    sector = forms.ModelChoiceField(
        label=_("Your sector"),
        queryset=Term.objects.of(Vocabulary.SECTOR),
        required=False,
        empty_label=_("Any sector"),
    )

    helper = FormHelper()
    helper.layout = Layout("country", "sector")

    @property
    def sectors(self) -> Collection[Term]:
        """Return the sectors to look for, at most one."""
        sector = self.cleaned_data["sector"]
        return [sector] if sector else []
