"""Proposing an exchange, naming one that is agreed already, proposing other dates, and declining."""

from datetime import timedelta
from typing import Any, TypedDict

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from matchmaking import queries
from matchmaking.enums import DeclineReason
from matchmaking.forms.periods import DayField
from matchmaking.models import Candidature
from matchmaking.models.messages import LONGEST_MESSAGE
from matchmaking.offers import Offer, against_days, outside_periods
from matchmaking.stay_rules import Days

LONGEST_STAY = timedelta(days=366)
KNOWN = _("These days suit {organisation} although they lie outside its stated periods")


class Terms(TypedDict):
    """What a form gives to `transitions.propose`."""

    message: str
    offer: Offer


class DaysForm(forms.Form):
    """The first and the last day of a stay; both or neither, unless they are needed."""

    first_day = DayField(label=_("First day"), required=False)
    last_day = DayField(label=_("Last day"), help_text=_("This day still belongs to the stay."), required=False)
    needs_days = False

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for name in ("first_day", "last_day"):
            self.fields[name].required = self.needs_days
            self.fields[name].error_messages["required"] = _("Please enter this day.")

    @property
    def days(self) -> Days | None:
        """Return the days that were entered, or nothing."""
        first_day, last_day = self.cleaned_data.get("first_day"), self.cleaned_data.get("last_day")
        return None if first_day is None or last_day is None else (first_day, last_day)

    def clean(self) -> dict[str, Any]:
        """Hold the two days together, then against what is known of the two sides."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        for name, other in (("first_day", "last_day"), ("last_day", "first_day")):
            if name not in self.errors and not given.get(name) and given.get(other):
                self.add_error(name, _("Please enter both days."))
        if (days := self.days) is None:
            return given
        if days[1] < days[0]:
            self.add_error("last_day", _("The last day cannot lie before the first day."))
        elif days[1] - days[0] > LONGEST_STAY:
            self.add_error("last_day", _("This is more than a year; please look at the year again."))
        else:
            self.hold_against_both(days)
        return given

    def hold_against_both(self, days: Days) -> None:
        """Say at a field what stands against these days."""
        raise NotImplementedError

    def hold_against_rules(self, host: Candidature, days: Days) -> bool:
        """Say at the last day what the rules have against the stay; tell whether they have nothing."""
        against = against_days(host, days)
        for reason in against:
            self.add_error("last_day", reason)
        return not against


class OfferForm(DaysForm):
    """Days that one of the two candidatures offers to the other.

    The side that offers may know better than its own stated periods: it is asked, and says so with a tick.
    """

    def __init__(self, *args: Any, proposer: Candidature, other: Candidature, **more: Any) -> None:
        super().__init__(*args, **more)
        self.proposer, self.other = proposer, other
        if self.data.get(self.add_prefix("known")):
            self._ask_whether_known()

    def hold_against_both(self, days: Days) -> None:
        """Keep the rules and the stated periods of both; an agreement of the two is above their periods."""
        host = self.other if self.proposer.is_visitor else self.proposer
        if not self.hold_against_rules(host, days) or self.cleaned_data.get("agreed_before"):
            return
        if elsewhere := outside_periods(self.other, days):
            self.add_error("first_day", elsewhere)
        if "known" not in self.fields and (elsewhere := outside_periods(self.proposer, days)):
            self.add_error("first_day", elsewhere)
            self._ask_whether_known()

    def _ask_whether_known(self) -> None:
        label = format_lazy(KNOWN, organisation=self.proposer.organisation.legal_name)
        self.fields["known"] = forms.BooleanField(label=label, required=False)
        self.order_fields(self.field_order)


class ProposalForm(OfferForm):
    """A message to the other side, with the wished days where they are known."""

    agreed_before = forms.BooleanField(
        label=_("We have agreed on this exchange already"),
        required=False,
        help_text=_("The other side then only confirms it."),
    )
    message = forms.CharField(
        label=_("Your message"),
        max_length=LONGEST_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 7, "maxlength": LONGEST_MESSAGE}),
        help_text=_("Why the two of you fit, and what you would like to see or show."),
    )
    field_order = ("message", "first_day", "last_day", "known", "agreed_before")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["first_day"].help_text = _("Leave both days empty if the dates are still to be agreed.")

    @property
    def terms(self) -> Terms:
        """Return what is proposed."""
        return {
            "message": self.cleaned_data["message"],
            "offer": Offer(self.days, agreed_before=self.cleaned_data["agreed_before"]),
        }


class AgreementForm(DaysForm):
    """Naming the organisation with which one has agreed already, also where the matching did not suggest it."""

    candidature = forms.ModelChoiceField(Candidature.objects.none(), label=_("Your candidature"), empty_label=None)
    named = forms.CharField(
        label=_("With whom have you agreed?"),
        max_length=200,
        help_text=_("The full name of the organisation, or the number of its candidature, such as CAN-0042."),
    )
    message = forms.CharField(
        label=_("What you have agreed"),
        max_length=LONGEST_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 5, "maxlength": LONGEST_MESSAGE}),
        help_text=_("In a few words; the other side reads this and confirms it with one click."),
    )
    field_order = ("candidature", "named", "message", "first_day", "last_day")

    def __init__(self, *args: Any, candidatures: QuerySet[Candidature], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["first_day"].help_text = _("Leave both days empty if the dates are still to be agreed.")
        self.fields["candidature"].queryset = candidatures  # type: ignore[attr-defined]

    def clean_named(self) -> Candidature | None:
        """Find the one candidature of the other role that was meant."""
        own, named = self.cleaned_data.get("candidature"), self.cleaned_data["named"]
        if own is None:
            return None
        found = queries.partners_named(own, named)
        if not found:
            raise ValidationError(
                _("No validated candidature of the other role has this name or number. Ask them for the number.")
            )
        if len(found) > 1:
            raise ValidationError(_("Several have this name: please give the number of the candidature."))
        return found[0]

    def hold_against_both(self, days: Days) -> None:
        """Keep the rules of a stay; the stated periods do not bind those who have agreed."""
        own, other = self.cleaned_data.get("candidature"), self.cleaned_data.get("named")
        if own is not None and other is not None:
            self.hold_against_rules(other if own.is_visitor else own, days)

    @property
    def terms(self) -> Terms:
        """Return what is to be confirmed."""
        return {"message": self.cleaned_data["message"], "offer": Offer(self.days, agreed_before=True)}


class OtherDatesForm(OfferForm):
    """Other days in place of those on the table."""

    needs_days = True
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    note = forms.CharField(
        label=_("A word about it"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 1000}),
        help_text=_("For example why the proposed days do not suit you; the other side reads this."),
    )

    def __init__(self, *args: Any, on_the_table: Days | None, **more: Any) -> None:
        super().__init__(*args, **more)
        self.on_the_table = on_the_table

    def clean(self) -> dict[str, Any]:
        """Refuse what is on the table already."""
        given = super().clean()
        if self.days is not None and self.days == self.on_the_table:
            self.add_error("first_day", _("These days are proposed already: accept them, or propose others."))
        return given


class DeclineForm(forms.Form):
    """Why not: a reason that the next ranking minds, and words that the other side reads."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    reason = forms.ChoiceField(
        label=_("Why not?"),
        choices=DeclineReason.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Please choose a reason."),
        },
    )
    note = forms.CharField(
        label=_("In a few words, for the other side"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": 1000}),
        error_messages={"required": _("Say why, so that the other side understands.")},
    )
