"""Entering and correcting the programme's dated facts; the administration uses the same forms."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from clusters import facts, queries
from clusters.enums import RuleName
from clusters.models import EligibilityRule, EligibleCountry, LumpSumRate, PublicHoliday, RuleSetting, Wave
from clusters.models.programme import DatedFact
from extratex.shared.editions import EditionForm

WEIGHT = "weight_"
OPEN_AFTER_SIGNING = ("valid_to", "mark", "source", "note", "seen")


def day_input() -> forms.DateInput:
    """Return the browser's own choice of a day."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class FactForm(EditionForm):
    """A fact with its validity; once papers were signed under it, only its end and its sources can be changed."""

    class Meta:
        widgets: ClassVar[dict[str, forms.Widget]] = {"valid_from": day_input(), "valid_to": day_input()}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.is_signed = self.instance.pk is not None and facts.is_signed(self.instance)
        for name, field in self.fields.items():
            is_key = self.instance.pk is not None and name in self.instance.KEYS
            field.disabled = is_key or (self.is_signed and name not in OPEN_AFTER_SIGNING)

    def validate_constraints(self) -> None:
        """Leave what the table forbids to `facts.check`, which also ends the fact before this one."""

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]  # Django's own step, which its stubs leave out
        if self.errors:
            return
        try:
            facts.check(self.instance)
        except facts.FactRefused as fault:
            self.add_error(fault.field, str(fault))

    def store(self) -> DatedFact:
        """Store what was checked; raises FactRefused where somebody was faster."""
        return facts.store(self.instance)


class RateForm(FactForm):
    """The full lump sum of a host country."""

    class Meta(FactForm.Meta):
        model = LumpSumRate
        fields = ("country", "amount", "valid_from", "valid_to", "mark")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _choose_countries(self)

    def clean(self) -> dict[str, Any]:
        """Refuse a rate over the ceiling of its first day."""
        super().clean()
        amount, day = self.cleaned_data.get("amount"), self.cleaned_data.get("valid_from")
        if amount is not None and day is not None and not self.is_signed:
            ceiling = queries.rules_on(day).get(RuleName.LUMP_SUM_CEILING_EUR)
            if ceiling is not None and amount > ceiling:
                words = _("No lump sum is above %(ceiling)s euro on that day; see the rule settings.")
                self.add_error("amount", words % {"ceiling": f"{ceiling:,.2f}"})
        return self.cleaned_data


class SettingForm(FactForm):
    """One number of the rules."""

    class Meta(FactForm.Meta):
        model = RuleSetting
        fields = ("name", "value", "valid_from", "valid_to", "mark", "source")

    def clean_value(self) -> Any:
        """Refuse a number that no rule can work with; only a weight may be nothing."""
        value = self.cleaned_data["value"]
        may_be_nothing = self.instance.name.startswith(WEIGHT) or str(self.data.get("name", "")).startswith(WEIGHT)
        if value < 0 or (value == 0 and not may_be_nothing):
            raise forms.ValidationError(_("The number has to be above zero."))
        return value


class EligibilityForm(FactForm):
    """One row of the eligibility table."""

    class Meta(FactForm.Meta):
        model = EligibilityRule
        fields = (
            "wave",
            "role",
            "organisation_type",
            "verdict",
            "needs_cluster",
            "needs_eccp_cluster",
            "sentence",
            "valid_from",
            "valid_to",
            "mark",
            "source",
        )
        widgets: ClassVar[dict[str, forms.Widget]] = {
            **FactForm.Meta.widgets,
            "sentence": forms.Textarea(attrs={"rows": 2}),
        }


class CountryForm(FactForm):
    """A country that takes part."""

    class Meta(FactForm.Meta):
        model = EligibleCountry
        fields = ("country", "eu_member", "sepa", "nuts_prefix", "valid_from", "valid_to", "mark", "note")


class PlainForm(EditionForm):
    """A fact without a validity: it counts as soon as it is stored."""

    def store(self) -> Any:
        """Store what was checked."""
        return self.save()


class HolidayForm(PlainForm):
    """A public holiday by hand."""

    class Meta:
        model = PublicHoliday
        fields = ("country", "day", "name", "is_worked")
        widgets: ClassVar = {"day": day_input()}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _choose_countries(self)


class WaveForm(PlainForm):
    """A wave, and what stands at the foot of its pages and papers."""

    class Meta:
        model = Wave
        fields = ("name", "starts_on", "ends_on", "accepts_until", "emblem_text", "funding_statement", "disclaimer")
        widgets: ClassVar = {
            "starts_on": day_input(),
            "ends_on": day_input(),
            "accepts_until": day_input(),
            "funding_statement": forms.Textarea(attrs={"rows": 4}),
            "disclaimer": forms.Textarea(attrs={"rows": 4}),
        }

    def clean(self) -> dict[str, Any]:
        """Refuse a wave that ends before it begins."""
        given = super().clean()
        starts_on, ends_on = given.get("starts_on"), given.get("ends_on")
        if starts_on and ends_on and ends_on <= starts_on:
            self.add_error("ends_on", _("The last day lies before the first one."))
        return given


def _choose_countries(form: forms.ModelForm) -> None:  # type: ignore[type-arg]  # no parameters at run time
    codes = {*queries.countries_ever(), *filter(None, [getattr(form.instance.country, "code", "")])}
    names = sorted(((code, str(countries.name(code))) for code in codes), key=lambda pair: pair[1])
    form.fields["country"] = forms.ChoiceField(
        label=form.fields["country"].label,
        choices=[("", _("Choose a country")), *names],
        disabled=form.fields["country"].disabled,
    )
