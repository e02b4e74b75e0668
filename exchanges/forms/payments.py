"""The form that makes a payment file."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from exchanges.payments import Payable
from extratex.shared import clock


class PaymentFileForm(forms.Form):
    """Which claims go into the file, and when the bank carries it out."""

    chosen = forms.TypedMultipleChoiceField(
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose at least one claim."),
            "invalid_choice": _("One of these claims can no longer be chosen: look at the list again."),
        },
    )
    execute_on = forms.DateField(
        label=_("To be carried out on"),
        initial=clock.today,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Today, or a later day on which the bank works."),
    )

    def __init__(self, *args: Any, choosable: list[Payable], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["chosen"].choices = [  # type: ignore[attr-defined]
            (each.claim.pk, each.claim.exchange.number) for each in choosable
        ]

    def clean_execute_on(self) -> Any:
        """Refuse a day that has passed."""
        day = self.cleaned_data["execute_on"]
        if day < clock.today():
            raise forms.ValidationError(_("This day has passed."))
        return day
