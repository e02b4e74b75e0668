"""Proposing an exchange."""

from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST_MESSAGE = 3000


class ProposalForm(forms.Form):
    """A message to the other side."""

    message = forms.CharField(
        label=_("Your message"),
        max_length=LONGEST_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 7, "maxlength": LONGEST_MESSAGE}),
        help_text=_("Why the two of you fit, what you would like to see or show, and roughly when."),
    )
