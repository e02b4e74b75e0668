"""What a coordinator adds to an invitation."""

from django import forms
from django.utils.translation import gettext_lazy as _


class InvitationForm(forms.Form):
    """A line of one's own."""

    note = forms.CharField(
        label=_("A line of your own"),
        help_text=_("It stands at the end of the message."),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "class": "form-control"}),
    )
