"""The one form of the demonstration."""

from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST_STEP_DAYS = 400


class ClockForm(forms.Form):
    """By how many days the clock moves ahead."""

    days = forms.IntegerField(
        label=_("Days ahead"),
        min_value=1,
        max_value=LONGEST_STEP_DAYS,
        initial=7,
        help_text=_("From 1 to 400."),
    )
