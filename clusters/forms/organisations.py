"""Registering an organisation: identity, place, size, what it does, and its reference cluster."""

from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from clusters import operations, places, queries, vat
from clusters.enums import OrganisationType, Vocabulary
from clusters.models import Cluster, Organisation, Term
from clusters.rules.size import SizeClass, size_class

VAT_ERRORS = {
    "length": _(
        "A VAT number of this country has another length. Copy it from an invoice, with or without its prefix."
    ),
    "checksum": _("The check digit of this VAT number does not fit: please look for a slip of the pen."),
    "shape": _("This is not written like a VAT number of the country that you chose."),
}


class ClusterField(forms.ModelChoiceField):  # type: ignore[type-arg]  # no parameters at run time
    """A choice of clusters, each with its country."""

    def label_from_instance(self, obj: Cluster) -> str:
        """Write name and country."""
        return f"{obj.name} ({obj.country.name})"


class OrganisationForm(forms.ModelForm):  # type: ignore[type-arg]  # no parameters at run time
    """All that a reference cluster needs in order to validate an organisation."""

    country = forms.ChoiceField(label=_("Country"), help_text=_("Where the people who take part are based."))
    reference_cluster = ClusterField(
        label=_("Reference cluster"),
        queryset=Cluster.objects.none(),
        required=False,
        empty_label=_("Find one for me: by country, then by sector"),
        help_text=_("It validates your registration, advises you and stands for you in an exchange."),
    )

    class Meta:
        model = Organisation
        fields = (
            "legal_name",
            "type",
            "scaling_up_kind",
            "vat",
            "pic",
            "website",
            "country",
            "town",
            "address",
            "postcode",
            "headcount",
            "turnover_eur",
            "balance_eur",
            "sectors",
            "technologies",
            "languages",
            "description",
            "reference_cluster",
            "is_cluster_member",
        )
        widgets: ClassVar = {
            "sectors": forms.CheckboxSelectMultiple,
            "technologies": forms.CheckboxSelectMultiple,
            "description": forms.Textarea(attrs={"rows": 4}),
            "legal_name": forms.TextInput(attrs={"autocomplete": "organization"}),
            "town": forms.TextInput(attrs={"autocomplete": "address-level2"}),
            "address": forms.TextInput(attrs={"autocomplete": "street-address"}),
            "postcode": forms.TextInput(attrs={"autocomplete": "postal-code"}),
            "website": forms.URLInput(attrs={"placeholder": "https://"}),
        }
        help_texts: ClassVar = {
            "legal_name": _("As it stands in the commercial register."),
            "scaling_up_kind": _("Only for scaling-up support organisations."),
            "vat": _("With the prefix of the country, such as IT or CZ. Leave it empty if you have none."),
            "pic": _("Nine digits, if you have taken part in European projects before."),
            "town": _("The portal finds the place on the map: distances count for the lump sum."),
            "headcount": _("With partner and linked enterprises, as the European definition of an SME asks."),
            "sectors": _("One or two that fit best."),
            "technologies": _("What you work with or can show others."),
            "is_cluster_member": _("An SME can visit only as a member of a cluster."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = queries.eligible_countries()
        names = sorted(((code, str(countries.name(code))) for code in codes), key=lambda pair: pair[1])
        self.fields["country"].choices = [("", _("Choose a country")), *names]  # type: ignore[attr-defined]
        self._limit("sectors", Vocabulary.SECTOR)
        self._limit("technologies", Vocabulary.TECHNOLOGY)
        self._limit("scaling_up_kind", Vocabulary.SCALING_UP_KIND)
        self.fields["reference_cluster"].queryset = queries.clusters_to_choose()  # type: ignore[attr-defined]
        self.helper = FormHelper()
        self.helper.layout = _layout()

    def clean(self) -> dict[str, Any]:
        """Check what only several answers together can tell."""
        super().clean()
        self._clean_kind()
        self._clean_size()
        self._clean_vat()
        self._clean_town()
        self._clean_cluster()
        return self.cleaned_data

    def _limit(self, name: str, vocabulary: Vocabulary) -> None:
        self.fields[name].queryset = Term.objects.of(vocabulary)  # type: ignore[attr-defined]

    def _clean_kind(self) -> None:
        is_support = self.cleaned_data.get("type") == OrganisationType.SCALING_UP
        if is_support and not self.cleaned_data.get("scaling_up_kind"):
            self.add_error("scaling_up_kind", _("Say which kind of support organisation you are."))
        if not is_support:
            self.cleaned_data["scaling_up_kind"] = None

    def _clean_size(self) -> None:
        if self.cleaned_data.get("type") != OrganisationType.SME or self.has_error("headcount"):
            return
        headcount = self.cleaned_data.get("headcount")
        if headcount is None:
            self.add_error("headcount", _("An SME has to say how many people work for it."))
            return
        figures = (self.cleaned_data.get("turnover_eur"), self.cleaned_data.get("balance_eur"))
        if size_class(headcount, *figures) is SizeClass.LARGE:
            self.add_error(
                "type",
                _(
                    "By these figures this is no SME: it has fewer than 250 staff, and at most €50 million turnover "
                    "or €43 million balance sheet total."
                ),
            )

    def _clean_vat(self) -> None:
        number, country = self.cleaned_data.get("vat"), self.cleaned_data.get("country")
        if not number or not country:
            return
        try:
            checked = vat.clean_vat(number, country)
        except vat.VatInvalid as fault:
            self.add_error("vat", VAT_ERRORS[fault.reason])
            return
        self.cleaned_data["vat"] = checked
        if Organisation.objects.filter(vat=checked).exclude(pk=self.instance.pk).exists():
            self.refuse_vat()

    def refuse_vat(self) -> None:
        """Say that somebody has registered this number already, and what to do."""
        self.add_error(
            "vat",
            _(
                "An organisation with this VAT number is registered already. Ask your colleagues who did it, or write "
                "to the reference cluster: you need not register it again."
            ),
        )

    def _clean_town(self) -> None:
        name, country = self.cleaned_data.get("town"), self.cleaned_data.get("country")
        if not name or not country:
            return
        town = places.find_town(name, country)
        if town is None:
            self.add_error("town", _unknown_town(name, country))
            return
        self.cleaned_data["town"] = town.name
        self.instance.latitude, self.instance.longitude = town.latitude, town.longitude

    def _clean_cluster(self) -> None:
        self.instance.cluster_was_assigned = ""
        country, sectors = self.cleaned_data.get("country"), self.cleaned_data.get("sectors")
        if (
            self.cleaned_data.get("reference_cluster")
            or self.has_error("reference_cluster")
            or not (country and sectors)
        ):
            return
        found = operations.assign_cluster(country, sectors)
        if found is None:
            self.add_error(
                "reference_cluster", _("No wave of the programme is open at present, so there is no cluster to choose.")
            )
            return
        self.cleaned_data["reference_cluster"] = found.cluster
        self.instance.cluster_was_assigned = found.reason


def _unknown_town(name: str, country: str) -> str:
    similar = places.similar_towns(name, country)
    values = {"town": name, "country": countries.name(country), "similar": ", ".join(similar)}
    if similar:
        return str(_("We know no town “%(town)s” in %(country)s. Do you mean %(similar)s?")) % values
    text = _(
        "We know no town “%(town)s” in %(country)s. Places under 1,000 inhabitants are missing: give the nearest town."
    )
    return str(text) % values


def _layout() -> Layout:
    return Layout(
        Fieldset(_("The organisation"), "legal_name", "type", "scaling_up_kind", "vat", "pic", "website"),
        Fieldset(_("Where it is"), "country", "town", "address", "postcode"),
        Fieldset(_("How large it is"), "headcount", "turnover_eur", "balance_eur"),
        Fieldset(_("What it does"), "sectors", "technologies", "languages", "description"),
        Fieldset(_("Its reference cluster"), "reference_cluster", "is_cluster_member"),
    )
