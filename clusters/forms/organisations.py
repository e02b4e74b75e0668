"""The pages of a registration: who, where, what it does, and its reference cluster; its size stands in size.py."""

from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries import countries

from clusters import operations, places, vat
from clusters.duplicates import Duplicate, likely_duplicates
from clusters.enums import Vocabulary
from clusters.forms.offers import OneOffered, SeveralOffered
from clusters.forms.pages import PageForm
from clusters.models import Cluster, Organisation
from clusters.operations import Assignment
from clusters.places import Town

SHOWN = 3

VAT_ERRORS = {
    "length": gettext_lazy(
        "A VAT number of this country has another length. Copy it from an invoice, with or without its prefix."
    ),
    "checksum": gettext_lazy("The check digit of this VAT number does not fit: please look for a slip of the pen."),
    "shape": gettext_lazy("This is not written like a VAT number of the country that you chose."),
    "country": gettext_lazy(
        "This is written like a VAT number of %(other)s, but the country that you chose is %(country)s. Correct one of "
        "the two."
    ),
}


VOCABULARIES = {
    "sectors": Vocabulary.SECTOR,
    "technologies": Vocabulary.TECHNOLOGY,
    "ecosystems": Vocabulary.ECOSYSTEM,
    "key_technologies": Vocabulary.KEY_TECHNOLOGY,
}


class WhoForm(PageForm):
    """Who the organisation is."""

    slug = "who"
    title = gettext_lazy("Who you are")
    found = "clusters/registration/alike.html"

    country = forms.ChoiceField(
        label=gettext_lazy("Country"), help_text=gettext_lazy("Where the people who take part are based.")
    )

    class Meta:
        model = Organisation
        fields = ("legal_name", "country", "vat", "pic")
        widgets: ClassVar = {
            "legal_name": forms.TextInput(attrs={"autocomplete": "organization"}),
            "vat": forms.TextInput(
                attrs={"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"}
            ),
            "pic": forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        }
        help_texts: ClassVar = {
            "legal_name": gettext_lazy("As it stands in the commercial register."),
            "vat": gettext_lazy("With the prefix of the country, such as IT or CZ. Leave it empty if you have none."),
            "pic": gettext_lazy("Nine digits, if you have taken part in European projects before."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", gettext_lazy("Choose a country")), *self.offers.countries]
        self.fields["country"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Check the VAT number by the rules of the country, and that nobody has registered it."""
        super().clean()
        number, country = self.cleaned_data.get("vat"), self.cleaned_data.get("country")
        if number and country:
            self._clean_vat(number, country)
        return self.cleaned_data

    @cached_property
    def alike(self) -> list[Duplicate]:
        """Return a few registrations that look like this one."""
        typed = {name: self.raw.get(name, [""])[-1].replace("\0", "") for name in self.base_fields}
        typed["vat"] = vat.compact(typed["vat"])
        return likely_duplicates(**typed, but=self.instance.pk, limit=SHOWN) if any(typed.values()) else []

    def _clean_vat(self, number: str, country: str) -> None:
        try:
            checked = vat.clean_vat(number, country)
        except vat.VatInvalid as fault:
            values = {"other": countries.name(fault.country), "country": countries.name(country)}
            self.add_error("vat", str(VAT_ERRORS[fault.reason]) % values)
            return
        self.cleaned_data["vat"] = checked
        self.refuse_known_vat(checked)

    def refuse_known_vat(self, number: str) -> None:
        """Where somebody has registered this number already, say so, and what to do."""
        if Organisation.objects.filter(vat=number).exclude(pk=self.instance.pk).exists():
            self.add_error(
                "vat",
                _(
                    "An organisation with this VAT number is registered already. Look for it and ask to join: you need "
                    "not register it again."
                ),
            )


class PlaceForm(PageForm):
    """Where the organisation is."""

    slug = "place"
    title = gettext_lazy("Where you are")
    found = "clusters/registration/town.html"
    region_is_required: ClassVar[bool] = True
    needs: ClassVar = {"country": "who"}

    class Meta:
        model = Organisation
        fields = ("town", "nuts", "address", "postcode")
        widgets: ClassVar = {
            "town": forms.TextInput(attrs={"autocomplete": "address-level2"}),
            "address": forms.TextInput(attrs={"autocomplete": "street-address"}),
            "postcode": forms.TextInput(attrs={"autocomplete": "postal-code"}),
        }
        help_texts: ClassVar = {
            "town": gettext_lazy("The portal finds the place on the map: distances count for the lump sum."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = self.offers.regions(self.known.get("country") or "")
        if not names:
            del self.fields["nuts"]
            return
        self.fields["nuts"] = forms.ChoiceField(
            label=_("Region"),
            choices=names if len(names) == 1 else [("", _("Choose a region")), *names],
            required=self.region_is_required,
            help_text=_("As Eurostat divides the country (NUTS 2). A cluster of your region comes first."),
        )

    def clean(self) -> dict[str, Any]:
        """Find the town on the map."""
        super().clean()
        if "nuts" not in self.fields:
            self.instance.nuts = ""
        if self.cleaned_data.get("town") and self.place is None and self.known.get("country"):
            self.add_error("town", _unknown_town(self.cleaned_data["town"], self.known["country"]))
        if self.place is not None:
            self.cleaned_data["town"] = self.place.name
            self.instance.latitude, self.instance.longitude = self.place.latitude, self.place.longitude
        return self.cleaned_data

    @cached_property
    def place(self) -> Town | None:
        """Return the town that is meant, if the gazetteer has it."""
        typed = self.raw.get("town", [""])[-1]
        return places.find_town(typed, self.known["country"]) if typed and self.known.get("country") else None

    @property
    def coordinates(self) -> str:
        """Write where the town lies."""
        if self.place is None:
            return ""
        north = _("%(degrees)s° north") if self.place.latitude >= 0 else _("%(degrees)s° south")
        east = _("%(degrees)s° east") if self.place.longitude >= 0 else _("%(degrees)s° west")
        return ", ".join(
            words % {"degrees": f"{abs(value):.3f}"}
            for words, value in ((north, self.place.latitude), (east, self.place.longitude))
        )


class WorkForm(PageForm):
    """What the organisation does."""

    slug = "work"
    title = gettext_lazy("What you do")

    class Meta:
        model = Organisation
        fields = (
            "sectors",
            "technologies",
            "ecosystems",
            "key_technologies",
            "languages",
            "website",
            "description",
        )
        field_classes: ClassVar = dict.fromkeys(VOCABULARIES, SeveralOffered)
        widgets: ClassVar = {
            "sectors": forms.CheckboxSelectMultiple,
            "technologies": forms.CheckboxSelectMultiple,
            "ecosystems": forms.CheckboxSelectMultiple,
            "key_technologies": forms.CheckboxSelectMultiple,
            "description": forms.Textarea(attrs={"rows": 4}),
            "website": forms.URLInput(attrs={"placeholder": "https://", "autocomplete": "url"}),
        }
        help_texts: ClassVar = {
            "sectors": gettext_lazy("One or two that fit best."),
            "technologies": gettext_lazy("What you work with or can show others."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, vocabulary in VOCABULARIES.items():
            self.fields[name].let_choose(self.offers.terms(vocabulary))  # type: ignore[attr-defined]


class ClusterField(OneOffered):
    """A choice of clusters, each with its country."""

    def label_from_instance(self, obj: Cluster) -> str:
        """Write name and country."""
        return f"{obj.name} ({obj.country.name})"


class ClusterForm(PageForm):
    """Who looks after the organisation: chosen, or found by region, country and sector with the reason."""

    slug = "cluster"
    title = gettext_lazy("Your reference cluster")
    lead = gettext_lazy("It validates your registration, advises you and stands for you in an exchange.")
    found = "clusters/registration/assigned.html"
    needs: ClassVar = {"country": "who", "nuts": "place", "sectors": "work"}

    reference_cluster = ClusterField(
        label=gettext_lazy("Reference cluster"),
        queryset=Cluster.objects.none(),
        required=False,
        empty_label=gettext_lazy("Find one for me: by region, country and sector"),
    )

    class Meta:
        model = Organisation
        fields = ("reference_cluster", "is_cluster_member")
        help_texts: ClassVar = {"is_cluster_member": gettext_lazy("An SME can visit only as a member of a cluster.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reference_cluster"].let_choose(self.offers.clusters)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Assign a cluster where none was chosen; one that was assigned before stays so with its reason."""
        super().clean()
        chosen = self.cleaned_data.get("reference_cluster")
        if chosen is None or chosen.pk != self.instance.reference_cluster_id:
            self.instance.cluster_was_assigned = ""
        if chosen is not None or self.has_error("reference_cluster"):
            return self.cleaned_data
        if self.assignment is None:
            self.add_error(
                "reference_cluster", _("No wave of the programme is open at present, so there is no cluster to choose.")
            )
            return self.cleaned_data
        self.cleaned_data["reference_cluster"] = self.assignment.cluster
        self.instance.cluster_was_assigned = self.assignment.reason
        return self.cleaned_data

    @cached_property
    def assignment(self) -> Assignment | None:
        """Return the cluster that the portal would choose, with its reason."""
        if not self.known.get("country"):
            return None
        return operations.assign_cluster(
            self.known["country"], self.known.get("sectors") or (), self.known.get("nuts") or ""
        )

    @property
    def is_assigned(self) -> bool:
        """Tell whether the portal is to choose."""
        return not self.raw.get("reference_cluster", [""])[-1]

    def facts(self) -> list[tuple[str, str]]:
        """Say also why the cluster was assigned."""
        facts = super().facts()
        reason = self.instance.cluster_was_assigned
        return [facts[0], (_("Why this one"), reason or _("Chosen by you.")), *facts[1:]]


def _unknown_town(name: str, country: str) -> str:
    similar = places.similar_towns(name, country)
    values = {"town": name, "country": countries.name(country), "similar": ", ".join(similar)}
    if similar:
        return _("We know no town “%(town)s” in %(country)s. Do you mean %(similar)s?") % values
    text = _(
        "We know no town “%(town)s” in %(country)s. Places under 1,000 inhabitants are missing: give the nearest town."
    )
    return text % values
