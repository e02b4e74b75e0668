"""Asking for a plan: targets, money, number, weights; and what is said with the proposals and with a wish."""

import re
from collections.abc import Iterator
from decimal import Decimal
from math import isfinite
from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Fieldset, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from clusters.enums import ParticipantRole
from clusters.models import Partnership
from matchmaking import matching, run_pages, standing
from matchmaking.enums import WishKind
from matchmaking.models import Candidature, Plan
from matchmaking.models.querysets import CandidatureQuerySet
from matchmaking.planning import asking

PERCENT = 100
HEAVIEST = 1000
WEIGHT = "weight_"
NUMBER = re.compile(r"(?:CAN-)?([0-9]{1,9})")


class WeightField(forms.FloatField):
    """How much a wish counts; infinity and what is no number are refused by Django's own field."""

    def __init__(self, **more: Any) -> None:
        super().__init__(min_value=0, max_value=HEAVIEST, **more)


class PlanForm(forms.ModelForm[Plan]):
    """The limits of a plan and its weights; left empty, a limit limits nothing."""

    percent = forms.DecimalField(
        label=_("At least across sectors, in per cent"),
        min_value=0,
        max_value=100,
        max_digits=4,
        decimal_places=1,
        required=False,
    )

    class Meta:
        model = Plan
        fields = ("max_exchanges", "budget", "min_sme", "min_non_member", "seconds")
        labels: ClassVar = {
            "max_exchanges": _("Exchanges at most"),
            "budget": _("Money for them, in euro"),
            "min_sme": _("Visits by SMEs at least"),
            "min_non_member": _("Visitors from outside the partnerships at least"),
            "seconds": _("Seconds to search"),
        }
        help_texts: ClassVar = {
            "max_exchanges": _("All of the partnership, with those that are there already. Empty: no limit."),
            "budget": _("What is not committed yet. Empty: no limit."),
            "min_sme": _("All of the partnership, with those that are there already."),
            "seconds": _("At most 120. Small plans are proven to be the best within a second."),
        }

    def __init__(self, *args: Any, partnership: Partnership, parent: Plan | None = None, **options: Any) -> None:
        self.parent = parent
        weights = parent.parameters["weights"] if parent else matching.parameters()["weights"]
        initial = _limits_of(parent) if parent else _targets_of(partnership)
        named = {f"{WEIGHT}{name}": weight for name, weight in weights.items()}
        options |= {"initial": initial | named, "instance": Plan(partnership=partnership, parent=parent)}
        super().__init__(*args, **options)
        for name, label in run_pages.wishes().items():
            self.fields[f"{WEIGHT}{name}"] = WeightField(label=label)
        for name in ("min_sme", "min_non_member"):
            self.fields[name].required = False
        self.helper = FormHelper()
        self.helper.layout = self._layout()

    def clean_min_sme(self) -> int:
        """Take an empty target as none."""
        return self.cleaned_data["min_sme"] or 0

    def clean_min_non_member(self) -> int:
        """Take an empty target as none."""
        return self.cleaned_data["min_non_member"] or 0

    def clean(self) -> dict[str, Any]:
        """Refuse limits below what is there already, and weights that all weigh nothing."""
        super().clean()
        most = self.cleaned_data.get("max_exchanges")
        made = len(standing.made_by(self.instance.partnership))
        if most is not None and most < made:
            words = _("There are %(made)s exchanges already: the number cannot be lower.")
            self.add_error("max_exchanges", words % {"made": made})
        given = self.weights()
        if len(given) == len(run_pages.wishes()) and not any(_positive(given)):
            self.add_error(f"{WEIGHT}technologies", _("At least one weight has to be above zero."))
        self.instance.min_cross_sector_share = (self.cleaned_data.get("percent") or Decimal(0)) / PERCENT
        return self.cleaned_data

    def weights(self) -> dict[str, float]:
        """Return the weights that were given and are sound."""
        given = ((name, self.cleaned_data.get(f"{WEIGHT}{name}")) for name in run_pages.wishes())
        return {name: weight for name, weight in given if weight is not None and isfinite(weight)}

    def _layout(self) -> Layout:
        half, third = "col-sm-6", "col-sm-4"
        return Layout(
            Fieldset(
                _("Targets"),
                _row(half, "min_sme", "min_non_member"),
                _row(half, "percent", "max_exchanges"),
                css_class="mb-4",
            ),
            Fieldset(_("Money and time"), _row(half, "budget", "seconds"), css_class="mb-4"),
            Fieldset(_("How much each wish counts"), _row(third, *(f"{WEIGHT}{name}" for name in run_pages.wishes()))),
        )


class SendForm(forms.Form):
    """What visitors and hosts read with the proposals of a plan."""

    message = forms.CharField(
        label=_("Message to the hosts"),
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("It stands in each proposal; the visitors read it too."),
    )


class CandidatureField(forms.CharField):
    """A candidature by the number under which staff speak of it: CAN-0042."""

    def __init__(self, **more: Any) -> None:
        super().__init__(max_length=20, **more)
        self.rows: CandidatureQuerySet = Candidature.objects.none()

    def clean(self, value: Any) -> Any:
        """Return the candidature of that number."""
        written = super().clean(value)
        found = NUMBER.fullmatch(written.strip().upper())
        row = self.rows.filter(pk=int(found[1])).select_related("organisation").first() if found else None
        if row is None:
            raise forms.ValidationError(self.error_messages["unknown"])
        return row


class WishForm(forms.Form):
    """A pair that is to be locked, forbidden or set free again, and why."""

    LIFT = "lift"

    visitor = CandidatureField(
        label=_("Visitor, by the number of its candidature"),
        error_messages={"unknown": _("No validated visitor of the partnership has this number, such as CAN-0042.")},
    )
    host = CandidatureField(
        label=_("Host, by the number of its candidature"),
        error_messages={"unknown": _("No validated host of the wave has this number, such as CAN-0042.")},
    )
    kind = forms.ChoiceField(label=_("Wish"), choices=WishKind.choices)
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)

    def __init__(self, *args: Any, plan: Plan, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.data.get("kind") == self.LIFT:
            self.fields["kind"].choices = [(self.LIFT, _("Free again"))]  # type: ignore[attr-defined]
        of_wave = Candidature.objects.filter(wave=plan.partnership.wave_id)
        is_lifted = self.data.get("kind") == self.LIFT
        visitors, hosts = (
            of_wave.filter(role=role) if is_lifted else of_wave.validated(role)
            for role in (ParticipantRole.VISITOR, ParticipantRole.HOST)
        )
        self.fields["visitor"].rows = visitors.filter(partnership=plan.partnership_id)  # type: ignore[attr-defined]
        self.fields["host"].rows = hosts  # type: ignore[attr-defined]


def _row(width: str, *names: str) -> Div:
    return Div(*(Div(Field(name), css_class=width) for name in names), css_class="row")


def _positive(weights: dict[str, float]) -> Iterator[bool]:
    """Yield for each wish whether it can raise a score; what is taken off cannot."""
    return (weight > 0 for name, weight in weights.items() if name != "earlier_declines")


def _limits_of(plan: Plan) -> dict[str, Any]:
    limits = {name: getattr(plan, name) for name in asking.LIMITS}
    return limits | {"percent": _as_percent(plan.min_cross_sector_share)}


def _targets_of(partnership: Partnership) -> dict[str, Any]:
    targets = asking.targets_of(partnership)
    return targets | {"percent": _as_percent(targets["min_cross_sector_share"])}


def _as_percent(share: Decimal) -> str:
    return f"{(PERCENT * share).normalize():f}"
